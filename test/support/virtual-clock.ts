import type { Clock } from '../../src/model/clock.ts';
import type { VirtualClock } from '../../src/simulator/virtual-clock.ts';

export { VirtualClock } from '../../src/simulator/virtual-clock.ts';

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
