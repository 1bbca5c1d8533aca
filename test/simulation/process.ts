import type { Clock } from '../../src/model/clock.ts';
import type { VirtualClock } from '../support/virtual-clock.ts';

interface Handler {
  handle(request: never, options?: never): Promise<unknown>;
}

/** How one request of a process travels. */
export interface Journey {
  /** Milliseconds until it reaches AWS. */
  readonly thereMs: number;
  /** The process dies when it has sent it, by this. */
  readonly death?: () => void;
}

/** What is added to the caller's name of a request whose sender died after sending it. */
export const lateSuffix = '-late';

/**
 * A process on the virtual clock that can die, as by SIGKILL (no timer of it fires any more and no request is answered; what is on the way still lands), and that can be frozen
 * and thawed, as by SIGSTOP and SIGCONT: time goes on without it, and its timers and answers come when it wakes.
 */
export class SimulatedProcess {
  readonly clock: Clock;
  readonly #base: VirtualClock;
  #state: 'runs' | 'frozen' | 'dead' = 'runs';
  #postponed: (() => void)[] = [];

  constructor(base: VirtualClock) {
    this.#base = base;
    this.clock = {
      now: () => base.now(),
      monotonic: () => base.monotonic(),
      after: (ms, run) => this.#after(ms, run),
      sleep: (ms, signal) => this.#sleep(ms, signal),
    };
  }

  kill(): void {
    this.#state = 'dead';
    this.#postponed = [];
  }

  freeze(): void {
    if (this.#state === 'runs') this.#state = 'frozen';
  }

  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'runs';
    for (const run of this.#postponed.splice(0)) run();
  }

  /** A request handler whose requests are this process's: they pass the gate, take the journey's time to AWS, and land whatever becomes of the process. */
  handler<H extends Handler>(
    inner: H,
    travel: { journey(request: object): Journey; gate(request: object): Promise<void> },
  ): H {
    const handle = async (request: never, options?: never): Promise<unknown> => {
      if (this.#isDead()) return new Promise(() => undefined);
      this.#base.requests += 1;
      await travel.gate(request);
      if (this.#isDead()) return new Promise(() => undefined);
      const { thereMs, death } = travel.journey(request);
      death?.();
      if (thereMs > 0) await new Promise<void>((resolve) => void this.#base.after(thereMs, resolve));
      // What is on the wire is not called back by a signal of a process that is no more.
      const answered = death === undefined ? inner.handle(request, options) : inner.handle(asLate(request));
      return new Promise((resolve, reject) => {
        answered.then(
          (answer) => this.#inside(() => resolve(answer)),
          (error: unknown) => this.#inside(() => reject(error instanceof Error ? error : new Error(String(error)))),
        );
      });
    };
    return { ...inner, handle };
  }

  #isDead(): boolean {
    return this.#state === 'dead';
  }

  /** Does something inside the process: now, when it wakes, or never. */
  #inside(run: () => void): void {
    if (this.#state === 'runs') run();
    else if (this.#state === 'frozen') this.#postponed.push(run);
  }

  #after(ms: number, run: () => void): () => void {
    let cancelled = false;
    const cancel = this.#base.after(ms, () =>
      this.#inside(() => {
        if (!cancelled) run();
      }),
    );
    return () => {
      cancelled = true;
      cancel();
    };
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      if (signal?.aborted === true) return fail();
      const onAbort = (): void => {
        cancel();
        fail();
      };
      const cancel = this.#after(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}

/** The same request under a name that tells it from those of the living. */
function asLate(request: never): never {
  const { headers } = request as { headers: Record<string, string> };
  for (const [name, value] of Object.entries(headers))
    if (name.toLowerCase() === 'user-agent') headers[name] = value.replace(/app\/([\w-]+)/, `app/$1${lateSuffix}`);
  return request;
}
