import type { Clock } from '../../src/model/clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Time that moves only when a test says so. Between two instants everything that is ready to run does. */
export class VirtualClock implements Clock {
  private readonly epoch: number;
  private readonly timers = new Set<Timer>();
  private elapsed = 0;
  private orders = 0;
  /** Requests that were begun: while there are more, something is still at work at this instant. */
  requests = 0;

  constructor(epoch = Date.parse('2026-01-01T00:00:00Z')) {
    this.epoch = epoch;
  }

  now(): number {
    return this.epoch + this.elapsed;
  }

  monotonic(): number {
    return this.elapsed;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.elapsed + Math.max(0, ms), order: this.orders, run };
    this.orders += 1;
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      if (signal?.aborted === true) return fail();
      const onAbort = (): void => {
        cancel();
        fail();
      };
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Moves time on by `ms`, one timer after the other; `onStep` looks at the world after each. */
  async advance(ms: number, onStep: () => void = () => undefined): Promise<void> {
    const until = this.elapsed + ms;
    await this.settle();
    for (let next = this.earliest(); next !== undefined && next.at <= until; next = this.earliest()) {
      this.timers.delete(next);
      this.elapsed = next.at;
      onStep();
      next.run();
      await this.settle();
      onStep();
    }
    this.elapsed = until;
    onStep();
  }

  /** Lets time pass for as long as `work` needs it, at most an hour. */
  async drive<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const finish = (): void => {
      done = true;
    };
    work.then(finish, finish);
    await this.settle();
    for (let steps = 0; !done && this.elapsed < 3_600_000; steps += 1) {
      const next = this.earliest();
      if (next === undefined) throw new Error(`nothing is left that could finish the work (after ${steps} steps)`);
      await this.advance(next.at - this.elapsed);
    }
    return work;
  }

  /**
   * Turns of the event loop until everything that was ready has run: the SDK's own pipeline needs a few for each request, and at its first calls it
   * reads the configuration files of AWS, which no virtual time may overtake.
   */
  private async settle(): Promise<void> {
    let before: number;
    do {
      before = this.requests;
      for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    } while (before !== this.requests || process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq')));
  }

  private earliest(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers) {
      if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    }
    return first;
  }
}

/** The same time as one machine's own clock shows it: running `rate` times as fast, and stopped for good once `dead`. */
export function machineClock(base: VirtualClock, rate: number): Clock & { die(): void } {
  let dead = false;
  const clock = {
    now: () => base.now(),
    monotonic: () => base.monotonic() * rate,
    after: (ms: number, run: () => void) => base.after(ms / rate, () => (dead ? undefined : run())),
    sleep: (ms: number, signal?: AbortSignal) =>
      dead ? new Promise<void>(() => undefined) : base.sleep(ms / rate, signal).then(() => freezeIf(dead)),
    die: () => {
      dead = true;
    },
  };
  return clock;
}

/** Small, fast and good enough for tests; the seed is printed by whoever draws from it. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function freezeIf(dead: boolean): Promise<void> {
  return dead ? new Promise<void>(() => undefined) : Promise.resolve();
}

/** A process on the virtual clock: once dead, none of its timers fires and none of its requests is answered, as after SIGKILL. */
export class VirtualProcess {
  readonly clock: Clock;
  private readonly base: VirtualClock;
  private dead = false;

  constructor(base: VirtualClock) {
    this.base = base;
    const machine = machineClock(base, 1);
    this.clock = { ...machine, after: (ms, run) => base.after(ms, () => (this.dead ? undefined : run())) };
    this.kill = () => {
      this.dead = true;
      machine.die();
    };
  }

  kill: () => void;

  /** A request handler whose requests count as work of this process, and are never answered once it is dead. */
  handler<H extends { handle(request: never, options?: never): Promise<unknown> }>(inner: H): H {
    const handle = async (request: never, options?: never): Promise<unknown> => {
      if (this.dead) return new Promise(() => undefined);
      this.base.requests += 1;
      try {
        const answer = await inner.handle(request, options);
        return this.dead ? await new Promise(() => undefined) : answer;
      } catch (error) {
        if (this.dead) return new Promise(() => undefined);
        throw error;
      }
    };
    return { ...inner, handle };
  }
}
