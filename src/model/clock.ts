/**
 * Time as everything of ours sees it. It is passed in, never taken from the global, so that a test can run an hour in
 * milliseconds and `start` can run the controller and the simulator on one faster clock.
 */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch. May jump; never compare it between machines. */
  now(): number;
  /** Monotonic milliseconds with no meaning but their difference. Leases and deadlines use this one. */
  monotonic(): number;
  /** Calls `run` once after `ms` milliseconds of this clock. Returns a function that cancels it; cancelling twice is fine. */
  after(ms: number, run: () => void): () => void;
  /** Resolves after `ms` milliseconds of this clock, or rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

type Timer = ReturnType<typeof setTimeout>;

/**
 * A clock that runs `scale` times as fast as the machine's, starting at `startAt` (milliseconds since the epoch).
 * It looks up `Date` and the timers at each call, so fake timers installed by a test take effect. Timers do not keep the process alive
 * by themselves where `unref` is true.
 */
export function createClock(
  options: { scale?: number; startAt?: number; origin?: number; unref?: boolean } = {},
): Clock {
  const scale = options.scale ?? 1;
  const origin = options.origin ?? Date.now();
  const startAt = options.startAt ?? origin;
  const monotonicOrigin = performance.now();
  const after = (ms: number, run: () => void): (() => void) => {
    const timer: Timer = setTimeout(run, Math.max(0, ms / scale));
    if (options.unref === true) timer.unref();
    return () => clearTimeout(timer);
  };
  return {
    now: () => startAt + (Date.now() - origin) * scale,
    monotonic: () => (performance.now() - monotonicOrigin) * scale,
    after,
    sleep: (ms, signal) => sleepWith(after, ms, signal),
  };
}

/** The machine's own clock: real time, real timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, run) => {
    const timer: Timer = setTimeout(run, Math.max(0, ms));
    return () => clearTimeout(timer);
  },
  sleep: (ms, signal) => sleepWith((delay, run) => systemClock.after(delay, run), ms, signal),
};

function sleepWith(after: Clock['after'], ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(abortReason(signal));
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(abortReason(signal));
    };
    const cancel = after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function abortReason(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error('aborted');
}
