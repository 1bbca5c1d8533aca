/**
 * The leader lease: at most one controller acts at a time.
 *
 *   follower   reads the lease item twice a second and notes, by its own monotonic clock, since when it has not changed
 *   candidate  the item was absent, released, our own of an earlier term, or unchanged for a full lease duration: one conditional write, with the
 *              epoch one higher, decides between all candidates
 *   leader     renews by a write on holder, epoch and sequence; leads until the deadline, a lease duration after the moment BEFORE the last
 *              renewal that succeeded was sent
 *   lost       the deadline passed, or another holder was seen: told once to the listeners, then follower again
 *   released   stopped: the item says so, and the next follower need not wait
 *
 * A released item also says for how long a call of a leader that vanished earlier may still land (a length of time, no time of day), so that a hand-over
 * neither forgets that nor has to wait for it.
 *
 * Why no two leaders believe at once: a successor counts from when it READ the item, which is after the write it saw was made, which is after the
 * holder's own count began; both count the same duration, and the holder takes a margin off for clocks that do not run alike. Wall
 * clocks are never compared. A renewal that lands late fails by its sequence once a successor has written, and makes the successor's
 * write fail if it lands first. No two writes of one holder are alike, so one that is found in the table can be told from a later try.
 */
import type { Clock } from '../model/clock.ts';
import { CallError } from '../model/errors.ts';
import { type Fence, fencedAttemptMs, fencedError } from './fence.ts';
import type { LeaseItem, LeaseTable } from './lease-item.ts';

export type LeaseState = 'follower' | 'candidate' | 'leader' | 'lost' | 'released';

/** All times in milliseconds of the passed clock. */
export interface LeaseOptions {
  readonly clock: Clock;
  /** Uniform in [0, 1): spreads the followers' reads. */
  readonly random: () => number;
  /** Unique to this run of this process: two runs under one name would take each other's lease for their own. */
  readonly holder: string;
  /** How long a lease holds after a renewal was sent (12,000). */
  readonly durationMs?: number;
  /** How often it is renewed (4,000). */
  readonly renewMs?: number;
  /** What a fenced write's attempt may take (3,000). */
  readonly attemptMs?: number;
  /** How often a follower looks (500); it also looks at the moment from which it may take the lease. */
  readonly pollMs?: number;
  /** Taken off the leader's own count, for clocks that do not run alike: one part in twenty of the duration by default. */
  readonly marginMs?: number;
  /** For how long, once it is replaced, a call of a leader that vanished may still land (0). */
  readonly vanishedMs?: number;
  /** The highest epoch that any state bears, asked only when there is no lease item: a new lease starts above it. */
  readonly highestEpoch: () => Promise<number>;
  /** Told of every failed call; the lease goes on by itself. */
  readonly onError?: (error: CallError) => void;
}

/** The lease as the rest of the controller sees it. */
export interface LeaderLease extends Fence {
  readonly state: LeaseState;
  /** Who held the lease when it was last read, for a standby's readiness. */
  readonly observedHolder: string | undefined;
  /**
   * Whether the term under way follows on one that we saw being renewed or released: the state table is then the very one that the leader before worked with a moment ago. False where nobody was watched: after a
   * start, or a restored table.
   */
  readonly watched: boolean;
  isLeader(): boolean;
  /** How long the lease is ours for certain; 0 when it is not. */
  remainingMs(): number;
  /** Called with each new epoch. Returns the unsubscribe. */
  onAcquired(listener: AcquiredListener): () => void;
  /** Called once for each term that ends other than by `stop`. Returns the unsubscribe. */
  onLost(listener: (reason: string) => void): () => void;
  /** Ends the term under way, told to the listeners as lost, and bids again at once with an epoch above this one. Nothing where we do not lead. */
  raise(above: number): void;
  /** Competes until stopped. Once only. Failed calls are told and tried again; rejects only with what a listener threw. */
  run(): Promise<void>;
  /**
   * Ends. With `release` (the default) the item is marked released, so that a successor takes over at its next look: call it only when no
   * mutating call is on its way any more; otherwise pass false and let the lease run out.
   */
  stop(options?: { release?: boolean }): Promise<void>;
}

/** `handedOver`: the leader before released the lease. `unsettledMs`: for how long a call of a leader that vanished may still land. */
type AcquiredListener = (epoch: number, handedOver: boolean, unsettledMs: number) => void;

/** A term of leadership. */
interface Term {
  readonly epoch: number;
  /** Of the item as it last was for certain. */
  sequence: number;
  /** When each renewal was sent, by its sequence: no two have the same, so whichever is found in the table, its own time counts. */
  readonly sent: Map<number, number>;
  /** Monotonic: until then a call of a leader that vanished may still land. */
  readonly unsettledUntil: number;
  /** Monotonic: until then it is ours. */
  deadline: number;
  cancelDeadline: () => void;
}

/** Competes for the lease item of `table`. Throws `RangeError` for times that cannot work. */
export function createLeaderLease(table: LeaseTable, options: LeaseOptions): LeaderLease {
  return new Lease(table, options);
}

class Lease implements LeaderLease {
  state: LeaseState = 'follower';
  epoch = 0;
  observedHolder: string | undefined;
  watched = false;
  readonly attemptMs: number;
  private readonly table: LeaseTable;
  private readonly options: Required<Omit<LeaseOptions, 'onError'>> & Pick<LeaseOptions, 'onError'>;
  private readonly acquired = new Set<AcquiredListener>();
  private readonly lost = new Set<(reason: string) => void>();
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private term: Term | undefined;
  /** The item as last read (undefined: there was none), and since when (monotonic) it has been so. */
  private seen: { readonly item: LeaseItem | undefined; readonly since: number } | undefined;
  /** The highest epoch in the table, asked once for each time that the item is found missing. */
  private epochWithoutItem: number | undefined;
  /** The term of somebody else that was seen to go on. */
  private watchedEpoch: number | undefined;
  /** The highest epoch ever bid with, so that no two bids are alike. */
  private highestBid = 0;

  constructor(table: LeaseTable, options: LeaseOptions) {
    const durationMs = options.durationMs ?? 12_000;
    this.table = table;
    this.attemptMs = options.attemptMs ?? fencedAttemptMs;
    this.options = {
      renewMs: 4_000,
      pollMs: 500,
      vanishedMs: 0,
      marginMs: durationMs / 20,
      attemptMs: this.attemptMs,
      ...options,
      durationMs,
    };
    if (this.options.renewMs * 2 > durationMs - this.options.marginMs) {
      throw new RangeError(
        `a lease of ${durationMs} ms cannot be renewed every ${this.options.renewMs} ms: two renewals must fit`,
      );
    }
  }

  isLeader(): boolean {
    return this.remainingMs() > 0;
  }

  remainingMs(): number {
    if (this.term === undefined) return 0;
    return Math.max(0, this.term.deadline - this.options.clock.monotonic());
  }

  assertRemaining(ms: number): void {
    const remaining = this.remainingMs();
    if (remaining > 0 && remaining >= ms) return;
    const holder = `${this.options.holder}, epoch ${this.epoch}`;
    throw fencedError(
      'lease',
      `the leader lease (${holder}) is ours for ${Math.floor(remaining)} ms more; ${ms} ms are needed`,
    );
  }

  onAcquired(listener: AcquiredListener): () => void {
    this.acquired.add(listener);
    return () => this.acquired.delete(listener);
  }

  onLost(listener: (reason: string) => void): () => void {
    this.lost.add(listener);
    return () => this.lost.delete(listener);
  }

  run(): Promise<void> {
    if (this.running !== undefined) throw new Error('the lease was started already');
    this.running = this.compete();
    return this.running;
  }

  raise(above: number): void {
    if (this.term === undefined) return;
    this.highestBid = Math.max(this.highestBid, above);
    this.endTerm('lost', `leading again under an epoch above ${above}`);
  }

  async stop(options: { release?: boolean } = {}): Promise<void> {
    this.stopping.abort(new Error('the lease was stopped'));
    await this.running;
    const term = this.term;
    this.endTerm('released');
    if (term === undefined || options.release === false) return;
    const unsettledMs = Math.ceil(term.unsettledUntil - this.options.clock.monotonic());
    const released = { ...this.itemOf(term), released: true, ...(unsettledMs > 0 ? { unsettledMs } : {}) };
    await this.attempt(() => this.table.write(released, this.itemOf(term)));
  }

  private async compete(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const wait = this.isLeader() ? await this.lead() : await this.follow();
      await this.pause(wait);
    }
  }

  /** One look at the item, and one bid for it where that is allowed. Returns how long to wait. */
  private async follow(): Promise<number> {
    const { pollMs, random, renewMs } = this.options;
    this.state = 'follower';
    const read = await this.attempt(async () => ({ item: await this.table.read() }));
    const wait = pollMs * (0.75 + 0.5 * random());
    if (read === undefined || this.stopping.signal.aborted) return wait;
    const { item } = read;
    const hadItem = this.seen?.item !== undefined;
    this.note(item);
    this.observedHolder = item === undefined || item.released ? undefined : item.holder;
    const free = item === undefined ? await this.mayCreate(hadItem) : this.mayTake(item);
    if (this.stopping.signal.aborted) return wait;
    if (!free) return this.lookAgainIn(wait);
    this.state = 'candidate';
    const won = await this.bid(item);
    return won ? renewMs : wait;
  }

  private note(item: LeaseItem | undefined): void {
    if (this.seen !== undefined && sameItem(this.seen.item, item)) return;
    if (item !== undefined && item.holder !== this.options.holder && goesOn(this.seen?.item, item))
      this.watchedEpoch = item.epoch;
    this.seen = { item, since: this.options.clock.monotonic() };
    this.epochWithoutItem = undefined;
  }

  /** Released, our own, or left alone for as long as its holder may have believed in it. */
  private mayTake(item: LeaseItem): boolean {
    if (item.released || item.holder === this.options.holder) return true;
    return this.unchangedFor(Math.max(item.durationMs, this.options.durationMs));
  }

  /** No later than the moment from which what was seen may be taken. */
  private lookAgainIn(ms: number): number {
    if (this.seen === undefined) return ms;
    const { clock, durationMs } = this.options;
    const left = this.seen.since + Math.max(this.seen.item?.durationMs ?? 0, durationMs) - clock.monotonic();
    return left > 0 ? Math.min(ms, left) : ms;
  }

  /** A lease item that somebody deleted may still be believed in; only a table that no leader ever wrote is free at once. */
  private async mayCreate(hadItem: boolean): Promise<boolean> {
    if (hadItem) return false;
    this.epochWithoutItem ??= await this.attempt(this.options.highestEpoch);
    if (this.epochWithoutItem === undefined) return false;
    const fresh = this.epochWithoutItem === 0 && this.epoch === 0;
    return fresh || this.unchangedFor(this.options.durationMs);
  }

  private unchangedFor(ms: number): boolean {
    return this.seen !== undefined && this.options.clock.monotonic() - this.seen.since >= ms;
  }

  private async bid(before: LeaseItem | undefined): Promise<boolean> {
    const { clock, durationMs, marginMs, vanishedMs } = this.options;
    const epoch = 1 + Math.max(before?.epoch ?? this.epochWithoutItem ?? 0, this.highestBid);
    this.highestBid = epoch;
    const sentAt = clock.monotonic();
    const after = this.itemOf({ epoch, sequence: 1 });
    const found = await this.writeAndRead(after, before);
    if (found === 'unknown' || !sameItem(found, after)) return false;
    const deadline = sentAt + durationMs - marginMs;
    const handedOver = before === undefined ? this.epochWithoutItem === 0 : before.released;
    const unsettledMs = handedOver ? (before?.unsettledMs ?? 0) : vanishedMs;
    const unsettledUntil = clock.monotonic() + unsettledMs;
    const base = { epoch, sequence: 1, unsettledUntil };
    const term: Term = { ...base, sent: new Map(), deadline, cancelDeadline: () => undefined };
    if (this.stopping.signal.aborted) {
      // Won while stopping: never believed in, and handed back by `stop`.
      this.term = { ...term, deadline: Number.NEGATIVE_INFINITY };
      return false;
    }
    if (deadline <= clock.monotonic()) return false;
    this.seen = undefined;
    this.watched = before !== undefined && before.epoch === this.watchedEpoch;
    this.term = term;
    this.epoch = epoch;
    this.state = 'leader';
    this.observedHolder = this.options.holder;
    this.watchDeadline(term);
    for (const listener of this.acquired) listener(epoch, handedOver, unsettledMs);
    return true;
  }

  /** One renewal. Returns how long to wait: less after a failure, as long as there is anything left to save. */
  private async lead(): Promise<number> {
    const { clock, renewMs, random } = this.options;
    const term = this.term;
    if (term === undefined) return 0;
    const sequence = Math.max(term.sequence, ...term.sent.keys()) + 1;
    const sentAt = clock.monotonic();
    term.sent.set(sequence, sentAt);
    const found = await this.writeAndRead(this.itemOf({ epoch: term.epoch, sequence }), this.itemOf(term));
    if (this.term !== term) return 0;
    if (found !== 'unknown') {
      const ours = found?.holder === this.options.holder && found.epoch === term.epoch && !found.released;
      if (!ours) {
        const by = found === undefined ? 'nobody: the item is gone' : `${found.holder}, epoch ${found.epoch}`;
        this.endTerm('lost', `the lease item names ${by}`);
        return 0;
      }
      this.adopt(term, found.sequence);
    }
    if (term.sequence === sequence) return Math.max(0, renewMs - (clock.monotonic() - sentAt));
    return Math.min(renewMs / 4, 1_000) * (0.5 + 0.5 * random());
  }

  /** Takes over the sequence that stands in the table; the lease then counts from when that very renewal was sent. */
  private adopt(term: Term, sequence: number): void {
    const { durationMs, marginMs } = this.options;
    const sentAt = term.sent.get(sequence);
    term.sequence = sequence;
    for (const older of term.sent.keys()) if (older <= sequence) term.sent.delete(older);
    if (sentAt === undefined) return;
    term.deadline = Math.max(term.deadline, sentAt + durationMs - marginMs);
    this.watchDeadline(term);
  }

  /** Writes and, where the answer is not plain, reads. Returns what stands in the table then, or `unknown`. */
  private async writeAndRead(
    after: LeaseItem,
    before: LeaseItem | undefined,
  ): Promise<LeaseItem | undefined | 'unknown'> {
    try {
      await this.table.write(after, before);
      return after;
    } catch (error) {
      const failure = asCallError(error);
      if (failure.class !== 'conflict') this.options.onError?.(failure);
      if (failure.class !== 'conflict' && failure.class !== 'unknown_result') return 'unknown';
    }
    const read = await this.attempt(async () => ({ item: await this.table.read() }));
    return read === undefined ? 'unknown' : read.item;
  }

  private watchDeadline(term: Term): void {
    term.cancelDeadline();
    const left = Math.max(0, term.deadline - this.options.clock.monotonic());
    term.cancelDeadline = this.options.clock.after(left, () => {
      if (this.term !== term) return;
      // A timer may come a little early by this clock's own count.
      if (this.isLeader()) this.watchDeadline(term);
      else this.endTerm('lost', 'the lease ran out before it could be renewed');
    });
  }

  private endTerm(state: 'lost' | 'released', reason = ''): void {
    const term = this.term;
    this.term = undefined;
    this.state = state;
    if (term === undefined) return;
    term.cancelDeadline();
    if (state === 'lost') for (const listener of this.lost) listener(reason);
  }

  private itemOf(term: Pick<Term, 'epoch' | 'sequence'>): LeaseItem {
    const { holder, durationMs } = this.options;
    return { holder, epoch: term.epoch, sequence: term.sequence, durationMs, released: false };
  }

  /** Runs a call and tells of its failure; undefined when it failed. */
  private async attempt<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      this.options.onError?.(asCallError(error));
      return undefined;
    }
  }

  private async pause(ms: number): Promise<void> {
    const { signal } = this.stopping;
    try {
      await this.options.clock.sleep(ms, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

function sameItem(a: LeaseItem | undefined, b: LeaseItem | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.holder === b.holder && a.epoch === b.epoch && a.sequence === b.sequence && a.released === b.released;
}

/** Whether `after` is the same term as `before`, renewed or released. */
function goesOn(before: LeaseItem | undefined, after: LeaseItem): boolean {
  return before?.holder === after.holder && before.epoch === after.epoch && after.sequence >= before.sequence;
}

/** Calls throw nothing else; anything else is a fault of ours and ends the loop. */
function asCallError(error: unknown): CallError {
  if (error instanceof CallError) return error;
  throw error;
}
