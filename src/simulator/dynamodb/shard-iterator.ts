/** Shard iterators: opaque to clients, valid for 15 minutes, all their state inside. */
import { AwsError } from '../kernel.ts';
import { validation } from './errors.ts';

const lifeMs = 15 * 60_000;

export interface ShardPosition {
  readonly streamArn: string;
  readonly shardId: string;
  /** The least sequence number that may be returned. */
  readonly from: bigint;
  /** Sequence numbers, both included, whose records a fault may hand out once more before going on. */
  readonly again?: { readonly from: bigint; readonly to: bigint };
}

/** Writes an iterator in AWS's outer form: stream ARN, version, opaque text. */
export function writeIterator(position: ShardPosition, now: number): string {
  const { shardId, from, again } = position;
  const range = again === undefined ? [] : [again.from.toString(), again.to.toString()];
  const inner = JSON.stringify([shardId, from.toString(), now, ...range]);
  return `${position.streamArn}|1|${Buffer.from(inner).toString('base64')}`;
}

/** The stream that an iterator is for, without checking anything else; undefined when it is no iterator. */
export function iteratorTarget(
  iterator: string | undefined,
): { readonly streamArn: string; readonly shardId: string } | undefined {
  const parsed = parse(iterator ?? '');
  return parsed === undefined ? undefined : { streamArn: parsed.streamArn, shardId: parsed.shardId };
}

/** Reads an iterator. Throws `ValidationException` for anything else and `ExpiredIteratorException` after 15 minutes. */
export function readIterator(iterator: string, now: number): ShardPosition {
  const parsed = parse(iterator);
  if (parsed === undefined) throw validation('Invalid ShardIterator');
  if (now - parsed.madeAt > lifeMs) {
    throw new AwsError(
      'ExpiredIteratorException',
      'The shard iterator has expired and can no longer be used to retrieve stream records. A shard iterator expires 15 minutes after it is retrieved using the GetShardIterator action.',
    );
  }
  return parsed;
}

function parse(iterator: string): (ShardPosition & { readonly madeAt: number }) | undefined {
  const [streamArn, version, inner] = iterator.split('|');
  if (streamArn === undefined || version !== '1' || inner === undefined) return undefined;
  const text = Buffer.from(inner, 'base64').toString();
  const match = /^\["([A-Za-z0-9-]+)","(\d+)",(\d+)(?:,"(\d+)","(\d+)")?\]$/.exec(text);
  if (match === null) return undefined;
  const [, shardId = '', from = '0', madeAt = '0', first, last] = match;
  const position = { streamArn, shardId, from: BigInt(from), madeAt: Number(madeAt) };
  return first === undefined || last === undefined
    ? position
    : { ...position, again: { from: BigInt(first), to: BigInt(last) } };
}
