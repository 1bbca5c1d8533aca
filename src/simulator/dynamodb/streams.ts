/** ListStreams, DescribeStream, GetShardIterator and GetRecords. */
import { createHash } from 'node:crypto';
import type {
  _Record,
  DescribeStreamCommandInput,
  GetRecordsCommandInput,
  GetShardIteratorCommandInput,
  ListStreamsCommandInput,
} from '@aws-sdk/client-dynamodb-streams';
import { AwsError, type BucketDraw, type Call, type Operation } from '../kernel.ts';
import { Constraints } from './constraints.ts';
import { validation } from './errors.ts';
import { answerMs, operation, perSecond } from './operation.ts';
import type { Registry } from './registry.ts';
import { iteratorTarget, readIterator, writeIterator } from './shard-iterator.ts';
import { openedAt, type Shard, type Stream, type StreamRecord } from './stream.ts';
import { readOn, recordLimit } from './stream-reading.ts';
import { showsNew, showsOld } from './table.ts';
import { keySchemaElements } from './table-description.ts';
import { writeItem } from './wire-values.ts';

const pageSize = 100;
/** Lengths of names (published model). */
const arnLength = [37, 1024] as const;
const shardIdLength = [28, 65] as const;
/**
 * Documented: at most two readers of a shard at a time, beyond which GetRecords is throttled. Assumed: a reader asks at most five
 * times a second, as Kinesis has it, since DynamoDB's own documents give no rate.
 */
const readsPerSecond = 2 * 5;

/** The operations on streams, with the documented rates of ListStreams (5/s) and DescribeStream (10/s). */
export function streamOperations(registry: Registry): ReadonlyMap<string, Operation> {
  const byArn = (input: { readonly StreamArn?: string | undefined }): readonly string[] =>
    input.StreamArn === undefined ? [] : [input.StreamArn];
  return new Map([
    [
      'ListStreams',
      operation<ListStreamsCommandInput, object>({
        mutating: false,
        takes: ['TableName', 'ExclusiveStartStreamArn', 'Limit'],
        latencyMs: answerMs.streams,
        buckets: () => perSecond('dynamodb-streams:ListStreams', 5),
        run: (input, call) => listStreams(registry, input, call),
        resources: (input) => (input.TableName === undefined ? [] : [input.TableName]),
      }),
    ],
    [
      'DescribeStream',
      operation<DescribeStreamCommandInput, object>({
        mutating: false,
        takes: ['StreamArn', 'ExclusiveStartShardId', 'Limit', 'ShardFilter.Type', 'ShardFilter.ShardId'],
        latencyMs: answerMs.streams,
        buckets: () => perSecond('dynamodb-streams:DescribeStream', 10),
        run: (input, call) => describeStream(registry, input, call),
        resources: byArn,
      }),
    ],
    [
      'GetShardIterator',
      operation<GetShardIteratorCommandInput, object>({
        mutating: false,
        takes: ['StreamArn', 'ShardId', 'ShardIteratorType', 'SequenceNumber'],
        latencyMs: answerMs.streams,
        run: (input, call) => getShardIterator(registry, input, call),
        resources: (input) => [`${input.StreamArn}/${input.ShardId}`],
      }),
    ],
    [
      'GetRecords',
      operation<GetRecordsCommandInput, object>({
        mutating: false,
        takes: ['ShardIterator', 'Limit'],
        latencyMs: answerMs.records,
        buckets: (input) => shardReads(input.ShardIterator),
        run: (input, call) => getRecords(registry, input, call),
        resources: (input) => {
          const target = iteratorTarget(input.ShardIterator);
          return target === undefined ? [] : [`${target.streamArn}/${target.shardId}`];
        },
      }),
    ],
  ]);
}

function shardReads(iterator: string | undefined): readonly BucketDraw[] {
  const target = iteratorTarget(iterator);
  if (target === undefined) return [];
  return perSecond(`dynamodb-streams:GetRecords:${target.streamArn}/${target.shardId}`, readsPerSecond);
}

function streamOf(registry: Registry, arn: string | undefined, call: Call): Stream {
  const stream = registry.streams(call).find(({ identity }) => identity.arn === arn);
  if (stream !== undefined) return stream;
  throw new AwsError('ResourceNotFoundException', `Requested resource not found: Stream: ${arn} not found`);
}

function listStreams(registry: Registry, input: ListStreamsCommandInput, call: Call): object {
  new Constraints()
    .within('limit', input.Limit, 1, pageSize)
    .length('tableName', input.TableName, [3, 255], input.TableName ?? '')
    .length('exclusiveStartStreamArn', input.ExclusiveStartStreamArn, arnLength, input.ExclusiveStartStreamArn ?? '')
    .raise();
  const start = input.ExclusiveStartStreamArn;
  const streams = registry
    .streams(call)
    .map(({ identity }) => identity)
    .filter(({ tableName }) => input.TableName === undefined || tableName === input.TableName)
    .filter(({ arn }) => start === undefined || arn > start)
    .sort((a, b) => (a.arn < b.arn ? -1 : 1));
  const page = streams.slice(0, input.Limit ?? pageSize);
  const last = page.at(-1)?.arn;
  return {
    Streams: page.map(({ arn, tableName, label }) => ({ StreamArn: arn, TableName: tableName, StreamLabel: label })),
    ...(page.length < streams.length && last !== undefined ? { LastEvaluatedStreamArn: last } : {}),
  };
}

function describeStream(registry: Registry, input: DescribeStreamCommandInput, call: Call): object {
  new Constraints()
    .required('streamArn', input.StreamArn)
    .length('streamArn', input.StreamArn, arnLength, input.StreamArn ?? '')
    .length('exclusiveStartShardId', input.ExclusiveStartShardId, shardIdLength, input.ExclusiveStartShardId ?? '')
    .within('limit', input.Limit, 1, pageSize)
    .oneOf('shardFilter.type', input.ShardFilter?.Type, ['CHILD_SHARDS'])
    .raise();
  const stream = streamOf(registry, input.StreamArn, call);
  const start = input.ExclusiveStartShardId;
  const parent = input.ShardFilter?.ShardId;
  const shards = stream
    .shards(call.now)
    .filter(({ id }) => start === undefined || id > start)
    .filter(({ parentId }) => input.ShardFilter === undefined || parentId === parent)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const page = shards.slice(0, input.Limit ?? pageSize);
  const last = page.at(-1)?.id;
  const { identity } = stream;
  return {
    StreamDescription: {
      StreamArn: identity.arn,
      StreamLabel: identity.label,
      StreamStatus: stream.status,
      StreamViewType: identity.view,
      CreationRequestDateTime: new Date(identity.createdAt),
      TableName: identity.tableName,
      KeySchema: keySchemaElements(identity.schema),
      Shards: page.map(describeShard),
      ...(page.length < shards.length && last !== undefined ? { LastEvaluatedShardId: last } : {}),
    },
  };
}

function describeShard(shard: Shard): object {
  return {
    ShardId: shard.id,
    SequenceNumberRange: {
      StartingSequenceNumber: shard.firstSequence.toString(),
      ...(shard.closed === undefined ? {} : { EndingSequenceNumber: shard.closed.lastSequence.toString() }),
    },
    ...(shard.parentId === undefined ? {} : { ParentShardId: shard.parentId }),
  };
}

const positions = ['TRIM_HORIZON', 'LATEST', 'AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'] as const;

function getShardIterator(registry: Registry, input: GetShardIteratorCommandInput, call: Call): object {
  new Constraints()
    .required('streamArn', input.StreamArn)
    .length('streamArn', input.StreamArn, arnLength, input.StreamArn ?? '')
    .required('shardId', input.ShardId)
    .length('shardId', input.ShardId, shardIdLength, input.ShardId ?? '')
    .required('shardIteratorType', input.ShardIteratorType)
    .oneOf('shardIteratorType', input.ShardIteratorType, positions)
    .length('sequenceNumber', input.SequenceNumber, [21, 40], input.SequenceNumber ?? '')
    .raise();
  const stream = streamOf(registry, input.StreamArn, call);
  const shard = stream.shard(input.ShardId ?? '', call.now);
  if (shard === undefined) {
    throw new AwsError(
      'ResourceNotFoundException',
      `Requested resource not found: Shard: ${input.ShardId} in Stream: ${input.StreamArn} not found`,
    );
  }
  const from = startOf(stream, shard, input);
  return {
    ShardIterator: writeIterator({ streamArn: stream.identity.arn, shardId: shard.id, from }, call.now),
  };
}

function startOf(stream: Stream, shard: Shard, input: GetShardIteratorCommandInput): bigint {
  const { ShardIteratorType: type, SequenceNumber: text } = input;
  const last = shard.closed?.lastSequence ?? stream.sequence;
  if (type !== 'TRIM_HORIZON' && type !== 'LATEST') {
    const sequence = readSequence(shard, last, text);
    return type === 'AT_SEQUENCE_NUMBER' ? sequence : sequence + 1n;
  }
  if (text !== undefined) throw validation(`SequenceNumber must not be given with ShardIteratorType ${type}`);
  if (type === 'LATEST') return last + 1n;
  return shard.trimmedThrough === undefined ? shard.firstSequence : shard.trimmedThrough + 1n;
}

/** A sequence number that lies in the shard. Throws `TrimmedDataAccessException` for one that was trimmed, `ValidationException` for others. */
function readSequence(shard: Shard, last: bigint, text: string | undefined): bigint {
  if (text === undefined || !/^\d{1,40}$/.test(text)) throw validation(`Invalid SequenceNumber: ${text}`);
  const sequence = BigInt(text);
  if (sequence < shard.firstSequence || sequence > last) {
    throw validation(`Invalid SequenceNumber: ${text} is not within the range of shard ${shard.id}`);
  }
  if (shard.trimmedThrough !== undefined && sequence <= shard.trimmedThrough) throw trimmed();
  return sequence;
}

function trimmed(): AwsError {
  return new AwsError('TrimmedDataAccessException', 'The data you are trying to access has been trimmed.');
}

function getRecords(registry: Registry, input: GetRecordsCommandInput, call: Call): object {
  const { ShardIterator: iterator, Limit: limit = recordLimit } = input;
  new Constraints()
    .required('shardIterator', iterator)
    .length('shardIterator', iterator, [1, 2048], iterator ?? '')
    .within('limit', limit, 1)
    .raise();
  if (limit > recordLimit) {
    // The API reference names this code for it.
    throw new AwsError(
      'LimitExceededException',
      `GetRecords was called with a value of more than ${recordLimit} for limit`,
    );
  }
  const position = readIterator(iterator ?? '', call.now);
  const stream = streamOf(registry, position.streamArn, call);
  const shard = stream.shard(position.shardId, call.now);
  if (shard === undefined) {
    // A reader whose answer comes from the past may ask for a shard that was not there yet.
    if (openedAt(position.shardId) > call.now) return { Records: [], NextShardIterator: iterator };
    throw trimmed();
  }
  if (shard.trimmedThrough !== undefined && position.from <= shard.trimmedThrough) throw trimmed();
  const { records, next } = readOn(registry, { stream, shard, position, limit }, call.now);
  return {
    Records: records.map((record) => showRecord(stream, record)),
    ...(next === undefined ? {} : { NextShardIterator: writeIterator(next, call.now) }),
  };
}

/** Unique and always the same for one record, however often it is read. */
function eventId(stream: Stream, record: StreamRecord): string {
  return createHash('md5').update(`${stream.identity.arn}/${record.sequence}`).digest('hex');
}

function showRecord(stream: Stream, record: StreamRecord): _Record {
  const { change } = record;
  const { view, region } = stream.identity;
  const { before, after } = change;
  return {
    eventID: eventId(stream, record),
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    dynamodb: {
      // Rounded down to the second.
      ApproximateCreationDateTime: new Date(Math.floor(record.at / 1000) * 1000),
      Keys: writeItem(change.keys),
      ...(showsNew(view) && after !== undefined ? { NewImage: writeItem(after) } : {}),
      ...(showsOld(view) && before !== undefined ? { OldImage: writeItem(before) } : {}),
      SequenceNumber: record.sequence.toString(),
      SizeBytes: record.size,
      StreamViewType: view,
    },
    ...(change.byTtl === true ? { userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' } } : {}),
  };
}
