/** A table's stream: shards that follow each other, records that are trimmed after a day. All times in simulated milliseconds. */
import type { World } from '../kernel.ts';
import type { KeySchema } from './key-schema.ts';
import type { StreamFault, StreamFaults } from './stream-faults.ts';
import type { Item } from './values.ts';

/** Retention of records (developer guide, "Change data capture for DynamoDB Streams"). */
export const retentionMs = 24 * 3_600_000;
/** Shards are closed and succeeded about this often even where nothing is written (observed; not in the guide). */
export const shardLifeMs = 4 * 3_600_000;
/**
 * Any shard can also split in two by itself (developer guide). Assumed: how often one does when it is succeeded, and the number of open shards from
 * which on none does any more.
 */
const splitting = { chance: 1 / 8, until: 4 };
const keySpace = 2 ** 32;

export type ViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';

/** One change of one item. */
export interface Change {
  readonly hash: number;
  readonly keys: Item;
  readonly before?: Item;
  readonly after?: Item;
  /** Set for deletions by time to live. */
  readonly byTtl?: boolean;
}

export interface StreamRecord {
  readonly sequence: bigint;
  readonly at: number;
  /** From when on GetRecords may show it: records appear a little after the write. */
  readonly visibleAt: number;
  readonly size: number;
  readonly change: Change;
  /** From 0 up to but without 1: a record is handed out twice where this is below the fault's probability. */
  readonly luck: number;
}

export interface Shard {
  readonly id: string;
  readonly parentId?: string;
  /** The part of the key space whose changes the shard holds, `to` excluded. */
  readonly from: number;
  readonly to: number;
  readonly openedAt: number;
  readonly firstSequence: bigint;
  closed?: { readonly at: number; readonly lastSequence: bigint };
  readonly records: StreamRecord[];
  /** The last record that was trimmed. */
  trimmedThrough?: bigint;
}

export interface StreamIdentity {
  readonly arn: string;
  readonly label: string;
  readonly tableName: string;
  readonly region: string;
  readonly view: ViewType;
  readonly schema: KeySchema;
  readonly createdAt: number;
}

export type StreamStatus = 'ENABLING' | 'ENABLED' | 'DISABLING' | 'DISABLED';

export class Stream {
  readonly identity: StreamIdentity;
  /** Follows the table's own transition (see tables.ts); records are written while ENABLING too. */
  status: StreamStatus = 'ENABLING';
  disabledAt: number | undefined;
  readonly #world: World;
  readonly #faults: StreamFaults;
  #shards: Shard[];
  #sequence: bigint;

  constructor(identity: StreamIdentity, world: World, faults: StreamFaults) {
    this.identity = identity;
    this.#world = world;
    this.#faults = faults;
    // The number of digits grows early in a stream's life: whoever compares sequence numbers as text finds out.
    this.#sequence = 10n ** 21n - 1n - BigInt(Math.floor(world.random('dynamodb-sequence') * 400));
    this.#shards = [this.#open(identity.createdAt, 0, keySpace)];
  }

  /** The shards that hold or may get records, oldest first. Trims what is due first. */
  shards(now: number): readonly Shard[] {
    this.#trim(now);
    return this.#shards;
  }

  /** What is wrong with the stream now. */
  get fault(): StreamFault {
    return this.#faults.of(this.identity.tableName);
  }

  shard(id: string, now: number): Shard | undefined {
    return this.shards(now).find((shard) => shard.id === id);
  }

  /** The sequence number that the next record will be above. */
  get sequence(): bigint {
    return this.#sequence;
  }

  /** Adds a record to the open shard that the change belongs to. */
  append(change: Change, size: number, now: number): void {
    this.#trim(now);
    const shard = this.#shards.find(
      (candidate) => candidate.closed === undefined && change.hash >= candidate.from && change.hash < candidate.to,
    );
    if (shard === undefined) return;
    // Records show up well within a second of the write.
    const usual = (100 + this.#world.random('dynamodb-stream-delay') * 400) * this.#world.latencyFactor;
    const delay = usual + this.fault.delayMs;
    const previous = shard.records.at(-1)?.visibleAt ?? 0;
    shard.records.push({
      sequence: this.#nextSequence(),
      at: now,
      visibleAt: Math.max(previous, now + Math.round(delay)),
      size,
      change,
      luck: this.#world.random('dynamodb-stream-duplicates'),
    });
  }

  /** Closes every open shard and opens one successor for each, or two that share its key space where `split` is set. */
  roll(now: number, split = false): void {
    for (const shard of this.#shards.filter((candidate) => candidate.closed === undefined)) {
      this.#succeed(shard, now, split);
    }
  }

  /** Stops recording; what is there stays readable until it is trimmed. */
  disable(now: number): void {
    for (const shard of this.#shards) this.#close(shard, now);
    this.disabledAt = now;
    this.status = 'DISABLING';
  }

  #succeed(shard: Shard, now: number, split: boolean): void {
    this.#close(shard, now);
    const middle = shard.from + Math.floor((shard.to - shard.from) / 2);
    const edges = split && middle > shard.from ? [shard.from, middle, shard.to] : [shard.from, shard.to];
    for (let index = 0; index + 1 < edges.length; index += 1) {
      this.#shards.push(this.#open(now, edges[index] ?? 0, edges[index + 1] ?? keySpace, shard.id));
    }
  }

  #close(shard: Shard, now: number): void {
    shard.closed ??= { at: now, lastSequence: this.#nextSequence() };
  }

  #open(now: number, from: number, to: number, parentId?: string): Shard {
    const id = `shardId-${String(now).padStart(20, '0')}-${this.#world.hex('dynamodb-shard', 8)}`;
    const opened = { id, from, to, openedAt: now, firstSequence: this.#nextSequence(), records: [] };
    const shard: Shard = parentId === undefined ? opened : { ...opened, parentId };
    this.#world.at(now + shardLifeMs, () => {
      if (shard.closed === undefined) this.#succeed(shard, now + shardLifeMs, this.#splitsNow());
    });
    return shard;
  }

  #splitsNow(): boolean {
    const open = this.#shards.filter((shard) => shard.closed === undefined).length;
    return this.#world.random('dynamodb-shard-split') < splitting.chance && open < splitting.until;
  }

  #nextSequence(): bigint {
    this.#sequence += 1n + BigInt(Math.floor(this.#world.random('dynamodb-sequence') * 8));
    return this.#sequence;
  }

  /** What is a day old is gone: a matter of time alone, so it makes no difference when it is done. */
  #trim(now: number): void {
    const horizon = now - retentionMs;
    for (const shard of this.#shards) trim(shard, horizon);
    const kept = this.#shards.filter((shard) => shard.closed === undefined || shard.closed.at > horizon);
    if (kept.length !== this.#shards.length) this.#shards = kept;
  }
}

/** When a shard was opened: its id tells. */
export function openedAt(shardId: string): number {
  return Number(/^shardId-(\d{20})-/.exec(shardId)?.[1] ?? '0');
}

function trim(shard: Shard, horizon: number): void {
  let count = 0;
  while ((shard.records[count]?.at ?? Number.POSITIVE_INFINITY) <= horizon) count += 1;
  if (count === 0) return;
  const last = shard.records[count - 1];
  if (last !== undefined) shard.trimmedThrough = last.sequence;
  shard.records.splice(0, count);
}
