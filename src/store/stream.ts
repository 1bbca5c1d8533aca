/**
 * Follows the desired table's stream and says which records changed. It is a hint that makes the controller fast, never the truth: what may have
 * been missed is told as a gap, and a full list puts it right.
 */
import type { Clock } from '../model/clock.ts';
import { CallError } from '../model/errors.ts';
import { releaseChildren, type Shard, updateShards } from './shards.ts';
import type { RecordKey, StreamClient } from './stream-client.ts';

/** All times in milliseconds of the passed clock. */
export interface StreamOptions {
  readonly client: StreamClient;
  readonly clock: Clock;
  /** Uniform in [0, 1), for the jitter of back-offs. */
  readonly random: () => number;
  /** Keys that changed, at least once each, in no order between shards. */
  readonly onKeys: (keys: readonly RecordKey[]) => void;
  /** Changes may have been missed: a full list is needed. */
  readonly onGap: (reason: string) => void;
  /** Told of every failed call; the reader goes on by itself. */
  readonly onError?: (error: CallError) => void;
  /** How often an idle shard is asked (1,000). */
  readonly pollMs?: number;
  /** How often shards are listed anew without cause (30,000). */
  readonly discoverMs?: number;
}

/** A reader of the stream. */
export interface StreamReader {
  /**
   * Resolves once every open shard is held at its end, so that a list read after it misses nothing; also when that failed at first or the
   * stream is off: then a gap is told as soon as it works.
   */
  readonly ready: Promise<void>;
  /** Reads until the signal aborts, then resolves. Once only. Rejects only with what a callback threw. */
  run(signal: AbortSignal): Promise<void>;
}

/** A shard with more to read is asked again after this long: five reads a second at most. */
const busyMs = 200;
const longestBackoffMs = 10_000;
/** With every shard at its end and no child known yet, shards are listed again after this long. */
const orphanMs = 2_000;

/** Makes a reader; nothing is called before `run`. */
export function createStreamReader(options: StreamOptions): StreamReader {
  return new Reader(options);
}

class Reader implements StreamReader {
  readonly ready: Promise<void>;
  private readonly options: Required<Omit<StreamOptions, 'onError'>> & Pick<StreamOptions, 'onError'>;
  private markReady: () => void = () => undefined;
  private readonly shards = new Map<string, Shard>();
  private arn: string | undefined;
  private discoverAt = 0;
  private discoverFailures = 0;
  /** Whether the shards of this stream were ever listed. */
  private listed = false;
  /** Whether all open shards are held, so that nothing is missed. */
  private positioned = false;
  /** Why a list is needed once the shards are held; undefined at the start, when the caller's own first list comes after. */
  private owedGap: string | undefined;

  constructor(options: StreamOptions) {
    this.options = { pollMs: 1_000, discoverMs: 30_000, ...options };
    this.ready = new Promise((resolve) => {
      this.markReady = resolve;
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    while (!signal.aborted) {
      if (clock.monotonic() >= this.discoverAt) await this.discover();
      if (!signal.aborted) await Promise.all(this.dueShards().map((shard) => this.readShard(shard, signal)));
      this.settlePosition();
      await this.pause(signal);
    }
    this.markReady();
  }

  private dueShards(): readonly Shard[] {
    const now = this.options.clock.monotonic();
    return [...this.shards.values()].filter((shard) => shard.phase === 'reading' && shard.dueAt <= now);
  }

  /** Looks which stream there is and which shards it has. */
  private async discover(): Promise<void> {
    const { client, clock, discoverMs } = this.options;
    try {
      const arn = await client.streamArn();
      if (arn !== this.arn) this.changeStream(arn);
      if (arn === undefined) this.fellBehind('the stream of the desired table is off');
      else {
        const listed = await client.shards(arn);
        updateShards(this.shards, listed, !this.listed);
        this.listed = true;
      }
      this.discoverFailures = 0;
      this.discoverAt = clock.monotonic() + (this.readingNothing() ? Math.min(orphanMs, discoverMs) : discoverMs);
    } catch (error) {
      this.report(error);
      this.discoverFailures += 1;
      this.discoverAt = clock.monotonic() + this.backoff(this.discoverFailures);
      this.fellBehind('the stream could not be described');
    }
  }

  private readingNothing(): boolean {
    return this.arn !== undefined && ![...this.shards.values()].some((shard) => shard.phase === 'reading');
  }

  /** A stream that was switched off and on has a new ARN, and nobody recorded what changed in between. */
  private changeStream(arn: string | undefined): void {
    const had = this.arn !== undefined;
    this.arn = arn;
    this.shards.clear();
    this.listed = false;
    this.positioned = false;
    if (had) this.owedGap = 'the stream of the desired table was replaced';
  }

  /** While nothing is held, changes are missed: that is told once it works again. At the start the caller waits no longer. */
  private fellBehind(reason: string): void {
    if (this.positioned) return;
    this.owedGap = reason;
    this.markReady();
  }

  /** Once all open shards are held at their ends, a list misses nothing any more. */
  private settlePosition(): void {
    if (this.positioned || !this.listed) return;
    const held = (shard: Shard): boolean => shard.phase !== 'reading' || shard.iterator !== undefined;
    if (![...this.shards.values()].every(held)) return;
    this.positioned = true;
    this.markReady();
    const reason = this.owedGap;
    this.owedGap = undefined;
    if (reason !== undefined) this.options.onGap(reason);
  }

  private async readShard(shard: Shard, signal: AbortSignal): Promise<void> {
    const { client, clock, pollMs } = this.options;
    try {
      // A fresh iterator is only held at first: the shards' ends are to be taken all at once, before any is read.
      if (shard.iterator === undefined) {
        shard.iterator = await client.iterator(this.arn ?? '', shard.id, shard.start);
        shard.failures = 0;
        shard.dueAt = clock.monotonic();
        if (shard.iterator === undefined) this.finish(shard);
        return;
      }
      const page = await client.records(shard.iterator);
      shard.failures = 0;
      shard.dueAt = clock.monotonic() + (page.keys.length > 0 ? busyMs : pollMs);
      shard.iterator = page.nextIterator;
      if (page.lastSequenceNumber !== undefined) {
        shard.start = { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: page.lastSequenceNumber };
      }
      if (page.keys.length > 0 && !signal.aborted) this.options.onKeys(page.keys);
      if (page.nextIterator === undefined) this.finish(shard);
    } catch (error) {
      this.recover(shard, this.report(error));
    }
  }

  /** Read to its end: its children may begin, once they are known. */
  private finish(shard: Shard): void {
    shard.phase = 'done';
    shard.iterator = undefined;
    releaseChildren(this.shards);
    this.discoverAt = 0;
  }

  private recover(shard: Shard, failure: CallError): void {
    const { clock, onGap } = this.options;
    shard.failures += 1;
    shard.dueAt = clock.monotonic() + this.backoff(shard.failures);
    // Who waits to begin waits no longer: what is missed meanwhile is listed once the shard can be held.
    if (shard.iterator === undefined) this.fellBehind(`shard ${shard.id} could not be held`);
    if (failure.code === 'ExpiredIteratorException') {
      shard.iterator = undefined;
      if (shard.start.type !== 'LATEST') return;
      // Nothing was ever read from the end that it was held at, so nothing says where to go on.
      this.positioned = false;
      this.owedGap = `the iterator of shard ${shard.id} expired before its first record`;
    } else if (failure.code === 'TrimmedDataAccessException') {
      shard.iterator = undefined;
      shard.start = { type: 'TRIM_HORIZON' };
      onGap(`records of shard ${shard.id} were trimmed before they were read`);
    } else if (failure.class === 'not_found') {
      // The shard, or the whole stream, is gone; what it held and we had not read is gone with it.
      this.finish(shard);
      onGap(`shard ${shard.id} is gone`);
    }
  }

  private backoff(failures: number): number {
    const ceiling = Math.min(longestBackoffMs, busyMs * 2 ** failures);
    return ceiling * (0.5 + 0.5 * this.options.random());
  }

  /** Tells of a failed call; anything else is a fault of ours and ends the reader. */
  private report(error: unknown): CallError {
    if (!(error instanceof CallError)) throw error;
    this.options.onError?.(error);
    return error;
  }

  private async pause(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    const reading = [...this.shards.values()].filter((shard) => shard.phase === 'reading');
    const next = Math.min(this.discoverAt, ...reading.map((shard) => shard.dueAt));
    const wait = next - clock.monotonic();
    if (wait <= 0) return;
    try {
      await clock.sleep(wait, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
