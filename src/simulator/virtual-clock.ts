import type { Clock } from '../model/clock.ts';
import { takeProcessTimers } from './process-timers.ts';
import { type HeapTimer, TimerHeap } from './timer-heap.ts';

/** Looked up before anybody can have put another in its place. */
const nextTurn = setImmediate;

/** Turns of the event loop after which nothing is ready any more, unless requests were begun meanwhile. */
const settledTurns = 4;

/** A promise that nothing fulfils within this time of the clock counts as stuck (an hour). */
const longestWork = 3_600_000;

/**
 * Time that moves only when it is told to. Between two instants everything that is ready runs, in an order that depends on nothing but what was asked for, so that equal runs have equal traces; an
 * hour in which nothing happens costs nothing. Work on sockets cannot be waited for: everything that is driven by it must answer within the process.
 */
export class VirtualClock implements Clock {
  private readonly epoch: number;
  private readonly timers = new TimerHeap();
  private elapsed = 0;
  private orders = 0;
  /** Requests that were begun: while there are more, something is still at work at this instant. Whatever carries requests counts them here. */
  requests = 0;

  /** `epoch`: the wall-clock time at which it begins, in milliseconds since 1970. */
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
    const timer: HeapTimer = { at: this.elapsed + Math.max(0, ms), order: this.orders, run };
    this.orders += 1;
    this.timers.add(timer);
    return () => this.timers.cancel(timer);
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
    for (let next = this.timers.first(); next !== undefined && next.at <= until; next = this.timers.first()) {
      this.elapsed = next.at;
      onStep();
      this.timers.takeFirst()?.();
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
    const limit = this.elapsed + longestWork;
    for (let steps = 0; !done && this.elapsed < limit; steps += 1) {
      const next = this.timers.first();
      if (next === undefined) throw new Error(`nothing is left that could finish the work (after ${steps} steps)`);
      await this.advance(next.at - this.elapsed);
    }
    if (!done) throw new Error(`the work is not done after ${longestWork / 1000} s of the clock`);
    return work;
  }

  /**
   * Runs `work` while the process's own setTimeout, setInterval, Date and performance.now are on this clock: retries and time-outs of the SDK and of libraries then cost no real time either.
   * Only one clock of a process can have them at a time. `work` lets time pass by `drive` or `advance`.
   */
  async withProcessTimers<T>(work: () => Promise<T>): Promise<T> {
    const giveBack = takeProcessTimers(this);
    try {
      return await work();
    } finally {
      giveBack();
    }
  }

  /**
   * Turns of the event loop until everything that was ready has run: the SDK's own pipeline needs a few for each request, and at its first calls it
   * reads the configuration files of AWS, which no virtual time may overtake.
   */
  private async settle(): Promise<void> {
    let before: number;
    do {
      before = this.requests;
      for (let turn = 0; turn < settledTurns; turn += 1) await new Promise((resolve) => nextTurn(resolve));
    } while (before !== this.requests || process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq')));
  }
}
