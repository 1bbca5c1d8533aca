/** One answer of GetRecords: what of a shard's records it shows, and where the reader goes on. */
import { lowerBound } from './item-store.ts';
import type { Registry } from './registry.ts';
import type { ShardPosition } from './shard-iterator.ts';
import type { Shard, Stream, StreamRecord } from './stream.ts';

/** Records in one answer, and their bytes (API reference). */
export const recordLimit = 1000;
const recordBytes = 1_048_576;
/** Documented: GetRecords may return nothing while there is more to come. Assumed: how often it does. */
const emptyAnswers = 0.05;

/** A reader at its position in a shard. */
export interface Reading {
  readonly stream: Stream;
  readonly shard: Shard;
  readonly position: ShardPosition;
  readonly limit: number;
}

/** The records from a position on, and where to go on; undefined at the end of a closed shard. */
export function readOn(
  registry: Registry,
  { stream, shard, position, limit }: Reading,
  now: number,
): { readonly records: readonly StreamRecord[]; readonly next: ShardPosition | undefined } {
  const first = lowerBound(shard.records, (record) => record.sequence < position.from);
  const waiting = shard.records.slice(first, first + recordLimit + 1);
  const repeated = repeats(stream, shard, position.again);
  const { world } = registry;
  // With latencies off, tests want every record at once.
  const nothingYet = world.latencyFactor > 0 && world.random('dynamodb-empty-records') < emptyAnswers;
  if (nothingYet && waiting.length + repeated.length > 0) return { records: [], next: position };
  const room = { records: limit, bytes: recordBytes };
  const again = pageOf(repeated, room, now);
  const left = repeated[again.length];
  if (left !== undefined) {
    return { records: again, next: { ...position, again: { from: left.sequence, to: position.from - 1n } } };
  }
  const fresh = pageOf(waiting, room, now);
  const records = [...again, ...fresh];
  const atEnd = shard.closed !== undefined && fresh.length === waiting.length;
  const next = goOn(position, fresh, stream.fault.duplicate);
  return { records, next: atEnd && next.again === undefined ? undefined : next };
}

/** Where a reader stands after `fresh`, and what of it will be told again. */
function goOn(
  { streamArn, shardId, from }: ShardPosition,
  fresh: readonly StreamRecord[],
  chance: number,
): ShardPosition {
  const [first] = fresh;
  const last = fresh.at(-1);
  if (first === undefined || last === undefined) return { streamArn, shardId, from };
  const after = { streamArn, shardId, from: last.sequence + 1n };
  return fresh.some(({ luck }) => luck < chance)
    ? { ...after, again: { from: first.sequence, to: last.sequence } }
    : after;
}

function repeats(stream: Stream, shard: Shard, again: ShardPosition['again']): readonly StreamRecord[] {
  if (again === undefined) return [];
  const chance = stream.fault.duplicate;
  return shard.records.filter(({ sequence, luck }) => sequence >= again.from && sequence <= again.to && luck < chance);
}

/** The first of `records` that are visible and for which there is room, which they take. One record always fits into an empty answer. */
function pageOf(
  records: readonly StreamRecord[],
  room: { records: number; bytes: number },
  now: number,
): readonly StreamRecord[] {
  const page: StreamRecord[] = [];
  for (const record of records) {
    const isFirst = room.bytes === recordBytes;
    if (record.visibleAt > now || room.records === 0 || (!isFirst && record.size > room.bytes)) break;
    page.push(record);
    room.records -= 1;
    room.bytes -= record.size;
  }
  return page;
}
