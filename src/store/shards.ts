/** Which shards of a stream to read, and from where: pure bookkeeping of their lineage. */

/** A shard as DescribeStream tells it. */
export interface ShardInfo {
  readonly id: string;
  readonly parent: string | undefined;
  /** A closed shard gets no more records: it has an ending sequence number. */
  readonly closed: boolean;
}

/** Where reading of a shard goes on. */
export type ShardStart =
  | { readonly type: 'LATEST' }
  | { readonly type: 'TRIM_HORIZON' }
  | { readonly type: 'AFTER_SEQUENCE_NUMBER'; readonly sequenceNumber: string };

/** A shard as the reader keeps it. */
export interface Shard {
  readonly id: string;
  readonly parent: string | undefined;
  /** `waiting`: its parent has not been read to its end. `done`: read to its end, or older than our start. */
  phase: 'waiting' | 'reading' | 'done';
  /** Where the next iterator starts when there is none. */
  start: ShardStart;
  iterator: string | undefined;
  /** Monotonic milliseconds: not read before then. */
  dueAt: number;
  /** Failures in a row. */
  failures: number;
}

/**
 * Takes a complete listing of a stream's shards into account. On the first one everything older than now is left out: open shards are read from
 * their end. Whatever appears later is read from its beginning, after its parent, so that changes of one record keep their order.
 */
export function updateShards(shards: Map<string, Shard>, listed: readonly ShardInfo[], first: boolean): void {
  const ids = new Set(listed.map(({ id }) => id));
  for (const [id, shard] of shards) if (shard.phase === 'done' && !ids.has(id)) shards.delete(id);
  for (const { id, parent, closed } of listed) {
    if (shards.has(id)) continue;
    const start: ShardStart = first ? { type: 'LATEST' } : { type: 'TRIM_HORIZON' };
    const phase = first && closed ? 'done' : 'waiting';
    shards.set(id, { id, parent, phase, start, iterator: undefined, dueAt: 0, failures: 0 });
  }
  releaseChildren(shards);
}

/** Lets the shards begin whose parents are through; a parent that is not listed any more was trimmed. */
export function releaseChildren(shards: Map<string, Shard>): void {
  for (const shard of shards.values()) {
    if (shard.phase !== 'waiting') continue;
    const parent = shard.parent === undefined ? undefined : shards.get(shard.parent);
    if (parent === undefined || parent.phase === 'done') shard.phase = 'reading';
  }
}
