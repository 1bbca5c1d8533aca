import type { RehearsedEvent, WaitReport } from '../../cli/rehearsal.ts';
import { keyText, parseKey } from '../../controller/keys.ts';
import type { LoopObserver } from '../../controller/loop/deps.ts';
import type { Outcome } from '../../controller/outcome.ts';
import type { Clock } from '../../model/clock.ts';
import type { Change } from '../../model/resources.ts';
import type { ObjectStatus } from '../../model/state.ts';
import { calling, noticing, queued, waitOf } from './waits.ts';

/** What one object has spent its time on since the record was written. */
interface Track {
  /** What it waits for since `since`, while it does not run. */
  waitsFor: string;
  since: number;
  doneAt: number | undefined;
  readonly spent: Map<string, number>;
}

interface Held {
  readonly tenant: string;
  readonly reason: string;
  readonly message: string;
  readonly from: number;
  until: number;
  open: boolean;
}

/** What the timeline asks of the term under way. */
export interface TimelineView {
  status(key: string): ObjectStatus | undefined;
  isDone(key: string): boolean;
}

/** Takes down what the controller tells of itself, in virtual time. Everything counts from `restart`. */
export class Timeline {
  readonly observer: LoopObserver;
  events: RehearsedEvent[] = [];
  /** By resource and action. */
  changes = new Map<string, number>();
  held = new Map<string, Held>();
  /** What the controller itself could not do, in words, each once. */
  failures = new Set<string>();
  /** When something was last changed, or became as wanted (monotonic milliseconds). */
  lastProgress = 0;
  readonly #clock: Clock;
  readonly #view: TimelineView;
  readonly #tracks = new Map<string, Track>();
  #start = 0;

  constructor(clock: Clock, view: TimelineView) {
    this.#clock = clock;
    this.#view = view;
    this.observer = this.#observerOf();
  }

  /** Everything counts from now on; `keys`: the objects that are not as wanted. */
  restart(keys: Iterable<string>): void {
    this.#start = this.#clock.monotonic();
    this.lastProgress = this.#start;
    this.events = [];
    this.changes = new Map();
    this.held = new Map();
    this.failures = new Set();
    this.#tracks.clear();
    for (const key of keys) this.follow(key);
  }

  /** Takes an object in that is not as wanted, where it is not known yet. */
  follow(key: string): void {
    if (this.#tracks.has(key)) return;
    const since = this.#clock.monotonic();
    this.#tracks.set(key, { waitsFor: noticing, since, doneAt: undefined, spent: new Map() });
  }

  /** Seconds since the restart. */
  seconds(at = this.#clock.monotonic()): number {
    return (at - this.#start) / 1_000;
  }

  /** Something came to be as wanted, or is so no longer: noticed from outside. */
  progressed(): void {
    this.lastProgress = this.#clock.monotonic();
  }

  /** What all tenants together spent their time on until they were as wanted, and what the last of them did. */
  waits(): readonly WaitReport[] {
    const tenants = [...this.#tracks].filter(([key]) => parseKey(key).kind === 'Tenant');
    const done = tenants.map(([, track]) => track).filter((track) => track.doneAt !== undefined);
    const last = done.reduce<Track | undefined>(
      (latest, track) => ((track.doneAt ?? 0) > (latest?.doneAt ?? -1) ? track : latest),
      undefined,
    );
    const sums = new Map<string, number>();
    for (const { spent } of done) for (const [what, ms] of spent) sums.set(what, (sums.get(what) ?? 0) + ms);
    const all = [...sums.values()].reduce((sum, ms) => sum + ms, 0);
    return [...sums]
      .filter(([, ms]) => ms > 0)
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .map(([what, ms]) => ({
        what,
        tenantSeconds: ms / 1_000,
        share: ms / all,
        lastTenantSeconds: (last?.spent.get(what) ?? 0) / 1_000,
      }));
  }

  #started(key: string, waitedMs: number): void {
    const track = this.#tracks.get(key);
    if (track?.doneAt !== undefined || track === undefined) return;
    const now = this.#clock.monotonic();
    const inQueue = Math.min(waitedMs, now - track.since);
    spend(track, queued, inQueue);
    spend(track, track.waitsFor, now - track.since - inQueue);
    track.since = now;
  }

  #finished(key: string, outcome: Outcome): void {
    const track = this.#tracks.get(key);
    if (track === undefined) return;
    const now = this.#clock.monotonic();
    const done = this.#view.isDone(key);
    if (track.doneAt === undefined) spend(track, calling, now - track.since);
    if (done !== (track.doneAt !== undefined)) this.progressed();
    track.doneAt = done ? (track.doneAt ?? now) : undefined;
    track.since = now;
    track.waitsFor = waitOf(outcome, this.#view.status(key));
  }

  #changed(change: Change, what: 'seen' | 'applied'): void {
    if (what !== 'applied') return;
    this.progressed();
    const key = `${change.kind}/${change.action}`;
    this.changes.set(key, (this.changes.get(key) ?? 0) + 1);
  }

  #holds(reason: string, tenant: string, message: string): void {
    const now = this.#clock.monotonic();
    const key = `${tenant}/${reason}`;
    const known = this.held.get(key);
    this.held.set(key, { tenant, reason, message, from: known?.from ?? now, until: now, open: true });
  }

  /** A run that nothing held back: what was held is so no longer. */
  #letGo(key: string): void {
    for (const held of this.held.values()) {
      if (!held.open || keyText('Tenant', held.tenant) !== key) continue;
      held.open = false;
      held.until = this.#clock.monotonic();
    }
  }

  #observerOf(): LoopObserver {
    const nothing = (): void => undefined;
    const failed = (what: string, error: Error): void => void this.failures.add(`${what}: ${error.message}`);
    return {
      change: (change, what) => this.#changed(change, what),
      shared: (change, what) => this.#changed(change, what),
      wired: (change, what) => this.#changed(change, what),
      groupHeld: nothing,
      held: (reason, tenant, message) => this.#holds(reason, tenant, message),
      event: (key, { type, reason, message }) => {
        const { kind, name } = parseKey(key);
        this.events.push({ seconds: this.seconds(), kind, name, type, reason, message });
      },
      callFailed: nothing,
      placed: nothing,
      moved: nothing,
      swept: nothing,
      synced: nothing,
      detailPeriod: nothing,
      failed,
      queue: {
        added: nothing,
        started: (key, _trigger, waitedMs) => this.#started(key, waitedMs),
        finished: (key, outcome) => {
          if (outcome.kind === 'retry' && outcome.class === 'bug') failed(key, outcome.error);
          this.#finished(key, outcome);
          if (outcome.kind !== 'held') this.#letGo(key);
        },
        retried: nothing,
      },
    };
  }
}

function spend(track: Track, what: string, ms: number): void {
  if (ms > 0) track.spent.set(what, (track.spent.get(what) ?? 0) + ms);
}
