import type { Clock } from '../../../src/model/clock.ts';

/** A clock that stands still until it is told to go on; timers run in order of time as it passes them. */
export class HandClock implements Clock {
  private time: number;
  private timers: { at: number; run: () => void }[] = [];

  constructor(startAt = Date.UTC(2026, 0, 1)) {
    this.time = startAt;
  }

  now(): number {
    return this.time;
  }

  monotonic(): number {
    return this.time;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + ms, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.timers.length;
  }

  tick(ms: number): void {
    const until = this.time + ms;
    for (;;) {
      const [next] = this.timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.timers = this.timers.filter((other) => other !== next);
      this.time = Math.max(this.time, next.at);
      next.run();
    }
    this.time = until;
  }

  /** A wall clock that was set back. */
  setBack(ms: number): void {
    this.time -= ms;
  }
}
