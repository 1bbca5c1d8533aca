/** The process's own timers and Date on another clock. */
import { promisify } from 'node:util';
import type { Clock } from '../model/clock.ts';

type Callback = (...args: unknown[]) => void;

/** What Node's setTimeout returns, as far as anybody uses it. */
class ClockTimer {
  private readonly clock: Clock;
  private readonly ms: number;
  private readonly repeats: boolean;
  private readonly run: () => void;
  private readonly id: number;
  private cancel: () => void = () => undefined;

  constructor(clock: Clock, options: { ms: number; repeats: boolean; run: () => void }) {
    this.clock = clock;
    this.ms = options.ms;
    this.repeats = options.repeats;
    this.run = options.run;
    lastId += 1;
    this.id = lastId;
    timersById.set(this.id, this);
    this.refresh();
  }

  /** Begins anew, as Node's timers do. */
  refresh(): this {
    this.cancel();
    this.cancel = this.clock.after(this.ms, () => {
      if (this.repeats) this.refresh();
      else timersById.delete(this.id);
      this.run();
    });
    return this;
  }

  close(): this {
    this.cancel();
    timersById.delete(this.id);
    return this;
  }

  /** No virtual timer keeps the process alive. */
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return false;
  }

  [Symbol.toPrimitive](): number {
    return this.id;
  }
  [Symbol.dispose](): void {
    this.close();
  }
}

let lastId = 0;
const timersById = new Map<number, ClockTimer>();
let taken = false;

/**
 * Puts setTimeout, setInterval, their counterparts, Date and performance.now on `clock`, until the returned function is called. What took a timer function out of `node:timers` keeps the machine's, and
 * setImmediate and microtasks stay as they are. Throws where another clock has them.
 */
export function takeProcessTimers(clock: Clock): () => void {
  if (taken) throw new Error("the process's timers are on a virtual clock already: only one can have them at a time");
  taken = true;
  const { setTimeout, setInterval, clearTimeout, clearInterval, Date } = globalThis;
  const real = { setTimeout, setInterval, clearTimeout, clearInterval, Date };
  const realNow = Object.getOwnPropertyDescriptor(performance, 'now');
  Object.assign(globalThis, {
    setTimeout: timeoutsOf(clock),
    setInterval: (run: Callback, ms?: number, ...args: unknown[]) =>
      new ClockTimer(clock, { ms: delayOf(ms), repeats: true, run: () => run(...args) }),
    clearTimeout: clearWith(real.clearTimeout),
    clearInterval: clearWith(real.clearInterval),
    Date: dateOf(clock, real.Date),
  });
  Object.defineProperty(performance, 'now', { configurable: true, writable: true, value: () => clock.monotonic() });
  return () => {
    Object.assign(globalThis, real);
    if (realNow === undefined) Reflect.deleteProperty(performance, 'now');
    else Object.defineProperty(performance, 'now', realNow);
    taken = false;
  };
}

/** Node takes what is no number from 1 to 2^31 - 1 for 1. */
function delayOf(ms: unknown): number {
  const delay = Number(ms);
  return delay >= 1 && delay <= 2_147_483_647 ? Math.trunc(delay) : 1;
}

function timeoutsOf(clock: Clock) {
  const set = (run: Callback, ms?: number, ...args: unknown[]): ClockTimer =>
    new ClockTimer(clock, { ms: delayOf(ms), repeats: false, run: () => run(...args) });
  return Object.assign(set, {
    [promisify.custom]: (ms: number, value?: unknown) =>
      new Promise((resolve) => {
        set(() => resolve(value), ms);
      }),
  });
}

/** Timers that were set before the clock was taken are the machine's, and are cleared there. */
function clearWith(real: typeof clearTimeout): (timer: unknown) => void {
  return (timer) => {
    const known = timer instanceof ClockTimer ? timer : timersById.get(Number(timer));
    if (known === undefined) real(timer as Parameters<typeof clearTimeout>[0]);
    else known.close();
  };
}

function dateOf(clock: Clock, real: DateConstructor): DateConstructor {
  // A proxy keeps `instanceof`, `Date.parse` and `Date.UTC`, and dates made before, as they are.
  return new Proxy(real, {
    construct: (target, args: unknown[], self) =>
      Reflect.construct(target, args.length === 0 ? [clock.now()] : args, self) as object,
    apply: () => new real(clock.now()).toString(),
    get: (target, name, self) => (name === 'now' ? () => clock.now() : (Reflect.get(target, name, self) as unknown)),
  });
}
