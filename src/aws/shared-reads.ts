/**
 * Reads that many callers share: asked for within a short window they go out as one batch, and what came back is kept for whoever can live with its
 * age. Nothing read before a write to what it depends on is ever given to somebody who asks after that write.
 */
import type { Clock } from '../model/clock.ts';
import { CallError } from '../model/errors.ts';
import { incompleteAnswer } from './pages.ts';
import { type CallPurpose, callPurposes, type Freshness } from './ports.ts';
import type { TouchLog } from './scopes.ts';

/** One key's part of a batch's answer. */
export type Outcome<V> = { readonly value: V } | { readonly error: CallError };

export interface SharedReadsSpec<V> {
  readonly clock: Clock;
  readonly touches: TouchLog;
  /** Names the read in errors, as service and operation. */
  readonly call: { readonly service: string; readonly operation: string };
  readonly maxBatch: number;
  /** Reads these keys; a key that the answer lacks fails alone. */
  readonly load: (keys: readonly string[], purpose: CallPurpose) => Promise<ReadonlyMap<string, Outcome<V>>>;
  /** The scopes that the answer for `key` depends on. */
  readonly dependsOn: (key: string, value: V) => readonly string[];
  /** Milliseconds of the clock to wait for more askers. */
  readonly windowMs?: number;
}

export interface SharedReads<V> {
  /** `kept`, else `ask`. */
  get(key: string, freshness: Freshness, purpose: CallPurpose): Promise<V>;
  /** What was read already, or is being read, and is fresh enough. */
  kept(key: string, freshness: Freshness): Promise<V> | undefined;
  /** Puts the key into the next batch. */
  ask(key: string, purpose: CallPurpose): Promise<V>;
  /** Drops what was read before `monotonic` milliseconds. Returns the number of the oldest read still kept, or undefined when none is. */
  evict(monotonic: number): number | undefined;
}

interface Read<V> {
  readonly number: number;
  /** Monotonic milliseconds when it began. */
  readonly begunAt: number;
  readonly result: Promise<V>;
  value?: { readonly is: V };
}

interface Asked<V> {
  purpose: CallPurpose;
  readonly promise: Promise<V>;
  readonly resolve: (value: V) => void;
  readonly reject: (error: unknown) => void;
}

const defaultWindowMs = 20;

const rank = (purpose: CallPurpose): number => callPurposes.indexOf(purpose);

/** Creates one kind of shared read. */
export function createSharedReads<V>(spec: SharedReadsSpec<V>): SharedReads<V> {
  const { clock, touches } = spec;
  const reads = new Map<string, Read<V>>();
  const asked = new Map<string, Asked<V>>();
  /** The rank of what is being read. */
  const running = new Map<string, number>();
  let scheduled = false;

  const isUsable = (key: string, read: Read<V>, maxAgeMs: number): boolean => {
    if (maxAgeMs <= 0 || clock.monotonic() - read.begunAt > maxAgeMs) return false;
    // What a running read will turn out to depend on is not known yet.
    if (read.value === undefined) return !touches.anythingSince(read.number);
    return !touches.touchedSince(read.number, spec.dependsOn(key, read.value.is));
  };

  const ask = (key: string, purpose: CallPurpose): Promise<V> => {
    const found = asked.get(key);
    if (found !== undefined) {
      if (rank(purpose) < rank(found.purpose)) found.purpose = purpose;
      return found.promise;
    }
    const { promise, resolve, reject } = deferred<V>();
    asked.set(key, { purpose, promise, resolve, reject });
    schedule();
    return promise;
  };

  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    clock.after(spec.windowMs ?? defaultWindowMs, flush);
  };

  const flush = (): void => {
    scheduled = false;
    // A key that is being read for something as urgent is asked for again when that read ends: however many ask meanwhile, it is one more call.
    const ready = [...asked].filter(([key, { purpose }]) => rank(purpose) < (running.get(key) ?? rank('sweep') + 1));
    for (const [key] of ready) asked.delete(key);
    ready.sort(([, a], [, b]) => rank(a.purpose) - rank(b.purpose));
    for (let at = 0; at < ready.length; at += spec.maxBatch) void dispatch(ready.slice(at, at + spec.maxBatch));
  };

  /** Never rejects: every outcome goes to those who asked. */
  const dispatch = async (batch: readonly (readonly [string, Asked<V>])[]): Promise<void> => {
    const begun = { number: touches.next(), begunAt: clock.monotonic() };
    for (const [key, { promise, purpose }] of batch) {
      reads.set(key, { ...begun, result: promise });
      running.set(key, rank(purpose));
    }
    const keys = batch.map(([key]) => key);
    let outcomeOf: (key: string) => Outcome<V> | { readonly error: unknown };
    try {
      const answer = await spec.load(keys, batch[0]?.[1].purpose ?? 'change');
      outcomeOf = (key) => answer.get(key) ?? { error: incompleteAnswer(spec.call, `nothing about ${key}`) };
    } catch (error) {
      outcomeOf = () => ({ error });
    }
    for (const [key, asker] of batch) {
      running.delete(key);
      settle(key, asker, outcomeOf(key), begun.number);
    }
    if (asked.size > 0) schedule();
  };

  const settle = (
    key: string,
    asker: Asked<V>,
    outcome: Outcome<V> | { readonly error: unknown },
    number: number,
  ): void => {
    const read = reads.get(key);
    const current = read?.number === number ? read : undefined;
    if ('value' in outcome) {
      if (current !== undefined) current.value = { is: outcome.value };
      asker.resolve(outcome.value);
    } else {
      if (current !== undefined) reads.delete(key);
      asker.reject(outcome.error);
    }
  };

  const kept = (key: string, { maxAgeMs }: Freshness): Promise<V> | undefined => {
    const read = reads.get(key);
    return read !== undefined && isUsable(key, read, maxAgeMs) ? read.result : undefined;
  };

  return {
    kept,
    ask,
    get: (key, freshness, purpose) => kept(key, freshness) ?? ask(key, purpose),
    evict: (monotonic) => {
      let oldest: number | undefined;
      for (const [key, read] of reads) {
        if (read.value !== undefined && read.begunAt < monotonic) reads.delete(key);
        else oldest = Math.min(oldest ?? read.number, read.number);
      }
      return oldest;
    },
  };
}

/**
 * Reads a batch that AWS refuses whole when one of its names is unknown: halves it until the unknown stand alone. Those are `absent`; a key that
 * is refused as invalid fails alone. Any other failure fails all.
 */
export async function loadHalving<V>(
  keys: readonly string[],
  load: (keys: readonly string[]) => Promise<ReadonlyMap<string, Outcome<V>>>,
  absent: V,
): Promise<ReadonlyMap<string, Outcome<V>>> {
  try {
    return await load(keys);
  } catch (error) {
    if (!(error instanceof CallError) || (error.class !== 'not_found' && error.class !== 'invalid')) throw error;
    const [only, second] = keys;
    if (only === undefined) return new Map();
    if (second === undefined) return new Map([[only, error.class === 'not_found' ? { value: absent } : { error }]]);
    const middle = Math.ceil(keys.length / 2);
    const halves = await Promise.all([
      loadHalving(keys.slice(0, middle), load, absent),
      loadHalving(keys.slice(middle), load, absent),
    ]);
    return new Map(halves.flatMap((half) => [...half]));
  }
}

function deferred<V>(): { promise: Promise<V>; resolve: (value: V) => void; reject: (error: unknown) => void } {
  let settle: { resolve: (value: V) => void; reject: (error: unknown) => void } | undefined;
  const promise = new Promise<V>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // A promise's executor runs at once.
  if (settle === undefined) throw new Error('the promise has no executor');
  return { promise, ...settle };
}
