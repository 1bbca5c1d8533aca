import PQueue from 'p-queue';
import type { Clock } from '../../model/clock.ts';
import type { Outcome, Trigger } from '../outcome.ts';
import { backoffMs } from './backoff.ts';
import { RankHeap } from './rank-heap.ts';

/**
 * The work queue: it holds names, never events, and p-queue runs the workers.
 *
 * A key is in exactly one of these states:
 *   idle     not known here. `add` makes it waiting.
 *   waiting  stands in the queue once, however often it is added; adding again can only move it forward.
 *   delayed  waits for a time (check-in, back-off). `add` with no delay makes it waiting at once, with a shorter delay pulls it forward.
 *   running  one worker has it. `add` marks it dirty; with a delay, it is delayed for no longer than that when the run is over.
 *   dirty    running, and to run once more right after: what was added during a run is never lost and never runs beside it.
 *
 * Order: each trigger has a head start in milliseconds; the key whose (time of arrival - head start) is earliest goes first. So a user's
 * change overtakes a resync, and everything that has waited longer than the greatest head start is overtaken by nothing: nothing starves.
 *
 * Each key stands in a lane (the cells that it is about), and each lane has workers of its own: runs that hang on one account's calls keep
 * nobody else's keys waiting.
 */
export interface KeyedQueueOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Workers of each lane. */
  readonly concurrency: number;
  /** The lane of a key, asked for when it begins to wait; all keys in one where it is left out. */
  readonly laneOf?: (key: string) => string;
  readonly run: (key: string, trigger: Trigger) => Promise<Outcome>;
  /** Told of each run; the queue itself counts nothing. */
  readonly observer?: QueueObserver;
  /** Which keys' failures are kept: a key settled or forgotten starts anew. */
  readonly backoff?: { readonly baseMs: number; readonly maxMs: number };
}

export interface QueueObserver {
  added(key: string, trigger: Trigger): void;
  started(key: string, trigger: Trigger, waitedMs: number): void;
  finished(key: string, outcome: Outcome, tookMs: number): void;
  retried(key: string): void;
}

/** How much earlier than it came each trigger counts, in milliseconds. */
export const headStartMs: Readonly<Record<Trigger, number>> = {
  operator: 600_000,
  change: 300_000,
  progress: 240_000,
  retry: 120_000,
  drift: 120_000,
  detail: 0,
  resync: 0,
};

interface Entry {
  state: 'waiting' | 'delayed' | 'running' | 'dirty';
  /** Where it waits. */
  lane?: Lane;
  trigger: Trigger;
  since: number;
  /** Place in the order; stale heap entries are told by comparing with it. */
  rank: number;
  /** When it is to run (again) at the latest, while it is delayed or running. */
  due?: Due;
  cancel?: () => void;
}

/** Keys that wait for the same workers. */
interface Lane {
  readonly pool: PQueue;
  readonly heap: RankHeap;
}

interface Due {
  readonly trigger: Trigger;
  /** On the monotonic clock. */
  readonly at: number;
}

export class KeyedQueue {
  readonly #options: KeyedQueueOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #entries = new Map<string, Entry>();
  readonly #failures = new Map<string, number>();
  #stopped = false;

  constructor(options: KeyedQueueOptions) {
    this.#options = options;
  }

  /** Number of keys waiting for a worker. */
  get depth(): number {
    let waiting = 0;
    for (const entry of this.#entries.values()) if (entry.state === 'waiting') waiting += 1;
    return waiting;
  }

  /** Number of keys that a worker has. */
  get running(): number {
    let running = 0;
    for (const { pool } of this.#lanes.values()) running += pool.pending;
    return running;
  }

  /** Keys that wait, are delayed or run: 0 means that nothing is left to do. */
  get size(): number {
    return this.#entries.size;
  }

  /** Milliseconds since the longest waiting key was added; 0 when none waits. */
  oldestWaitMs(): number {
    const now = this.#options.clock.monotonic();
    let oldest = 0;
    for (const entry of this.#entries.values())
      if (entry.state === 'waiting') oldest = Math.max(oldest, now - entry.since);
    return oldest;
  }

  /** Milliseconds that the longest running key has been running. */
  longestRunMs(): number {
    const now = this.#options.clock.monotonic();
    let longest = 0;
    for (const entry of this.#entries.values())
      if (entry.state === 'running' || entry.state === 'dirty') longest = Math.max(longest, now - entry.since);
    return longest;
  }

  /** Adds a key, now or after `delayMs`. A delay never puts off a key that is already waiting or due earlier. */
  add(key: string, trigger: Trigger, delayMs = 0): void {
    if (this.#stopped) return;
    const entry = this.#entries.get(key);
    const due = this.#dueIn(delayMs, trigger);
    if (entry?.state === 'running' || entry?.state === 'dirty') {
      if (delayMs <= 0) markDirty(entry, trigger);
      else entry.due = sooner(entry.due, due);
      return;
    }
    this.#options.observer?.added(key, trigger);
    if (delayMs <= 0) this.#enqueue(key, trigger);
    else if (entry === undefined || (entry.state === 'delayed' && sooner(entry.due, due) === due))
      this.#delay(key, due);
  }

  /** Stops taking keys and waits for those that run. Nothing that waits is run. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const entry of this.#entries.values()) entry.cancel?.();
    const pools = [...this.#lanes.values()].map(({ pool }) => pool);
    for (const pool of pools) pool.clear();
    await Promise.all(pools.map((pool) => pool.onIdle()));
    this.#entries.clear();
  }

  #delay(key: string, due: Due): void {
    const { clock } = this.#options;
    const { trigger, at } = due;
    const since = clock.monotonic();
    this.#entries.get(key)?.cancel?.();
    const entry: Entry = { state: 'delayed', trigger, since, rank: Number.NaN, due };
    entry.cancel = clock.after(Math.max(0, at - since), () => {
      if (this.#entries.get(key) === entry) this.#enqueue(key, trigger);
    });
    this.#entries.set(key, entry);
  }

  #enqueue(key: string, trigger: Trigger): void {
    const before = this.#entries.get(key);
    const now = this.#options.clock.monotonic();
    const since = before?.state === 'waiting' ? before.since : now;
    const rank = since - headStartMs[trigger];
    if (before?.state === 'waiting' && before.rank <= rank) return;
    before?.cancel?.();
    // A key that waits stays in its lane: there stands the worker's turn that it will be taken by.
    const lane = before?.lane ?? this.#laneOf(key);
    this.#entries.set(key, { state: 'waiting', lane, trigger, since, rank });
    lane.heap.push(key, rank);
    // One pool task for each time a key begins to wait; which key it takes is decided when a worker is free.
    if (before?.state !== 'waiting') void lane.pool.add(() => this.#runNext(lane));
  }

  #laneOf(key: string): Lane {
    const name = this.#options.laneOf?.(key) ?? '';
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = { pool: new PQueue({ concurrency: this.#options.concurrency }), heap: new RankHeap() };
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  async #runNext(lane: Lane): Promise<void> {
    const key = lane.heap.pop((key, rank) => {
      const entry = this.#entries.get(key);
      return entry?.state === 'waiting' && entry.rank === rank && entry.lane === lane;
    });
    if (key === undefined || this.#stopped) return;
    const { clock, observer, run } = this.#options;
    const waiting = this.#entries.get(key);
    if (waiting === undefined) return;
    const started = clock.monotonic();
    const entry: Entry = { state: 'running', trigger: waiting.trigger, since: started, rank: Number.NaN };
    this.#entries.set(key, entry);
    observer?.started(key, waiting.trigger, started - waiting.since);
    const outcome = await this.#guarded(() => run(key, waiting.trigger));
    observer?.finished(key, outcome, clock.monotonic() - started);
    this.#finish(key, entry, outcome);
  }

  /** A run that throws is a fault of ours: it must stop neither the queue nor the process. */
  async #guarded(run: () => Promise<Outcome>): Promise<Outcome> {
    try {
      return await run();
    } catch (error) {
      return { kind: 'retry', class: 'bug', error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  #finish(key: string, entry: Entry, outcome: Outcome): void {
    this.#entries.delete(key);
    if (this.#stopped) return;
    const dirty = entry.state === 'dirty';
    const next = this.#next(key, outcome);
    if (dirty) {
      this.add(key, entry.trigger);
      return;
    }
    const due = next === undefined ? entry.due : sooner(entry.due, this.#dueIn(next.delayMs, next.trigger));
    if (due !== undefined) this.#delay(key, due);
  }

  #dueIn(delayMs: number, trigger: Trigger): Due {
    return { trigger, at: this.#options.clock.monotonic() + delayMs };
  }

  #next(key: string, outcome: Outcome): { trigger: Trigger; delayMs: number } | undefined {
    const { random, observer, backoff } = this.#options;
    if (outcome.kind === 'retry') {
      const failures = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, failures);
      observer?.retried(key);
      return { trigger: 'retry', delayMs: backoffMs(failures, random, backoff) };
    }
    this.#failures.delete(key);
    switch (outcome.kind) {
      case 'settled':
        return undefined;
      case 'progressing':
        return { trigger: 'progress', delayMs: outcome.checkInMs };
      case 'waiting':
      case 'held':
        return { trigger: 'resync', delayMs: outcome.checkInMs };
      case 'terminal':
        return { trigger: 'resync', delayMs: 3_600_000 };
      default:
        return outcome satisfies never;
    }
  }
}

/** Of several triggers that come during a run, the one with the greatest head start counts. */
function markDirty(entry: Entry, trigger: Trigger): void {
  if (entry.state !== 'dirty' || headStartMs[trigger] > headStartMs[entry.trigger]) entry.trigger = trigger;
  entry.state = 'dirty';
}

function sooner(known: Due | undefined, other: Due): Due {
  return known === undefined || other.at < known.at ? other : known;
}
