import { DeleteItemCommand, DescribeTableCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  type _Record,
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { vi } from 'vitest';
import type { Behaviour, Item, Target } from './behaviours.ts';
import { heard } from './heard.ts';

export interface StreamTarget extends Target {
  readonly streams: DynamoDBStreamsClient;
}

const key: Item = { pk: { S: 'p' }, sk: { S: 'a' } };

async function streamOf({ dynamo, table }: StreamTarget): Promise<string> {
  const { Table } = await dynamo.send(new DescribeTableCommand({ TableName: table }));
  return Table?.LatestStreamArn ?? 'no stream';
}

async function firstShard(target: StreamTarget, arn: string): Promise<string> {
  const { StreamDescription } = await target.streams.send(new DescribeStreamCommand({ StreamArn: arn }));
  return StreamDescription?.Shards?.[0]?.ShardId ?? 'no shard';
}

/** Makes, changes, rewrites as it is, and removes one item. */
async function story({ dynamo, table }: StreamTarget): Promise<void> {
  await dynamo.send(new PutItemCommand({ TableName: table, Item: { ...key, n: { N: '1' } } }));
  const to = (n: string) => ({
    TableName: table,
    Key: key,
    UpdateExpression: 'SET n = :n',
    ExpressionAttributeValues: { ':n': { N: n } },
  });
  await dynamo.send(new UpdateItemCommand(to('2')));
  await dynamo.send(new UpdateItemCommand(to('2')));
  await dynamo.send(new DeleteItemCommand({ TableName: table, Key: key }));
  await dynamo.send(new DeleteItemCommand({ TableName: table, Key: key }));
}

/** Reads from the iterator to the first record of that kind: GetRecords may have nothing to tell yet, or only a part. */
async function read(
  target: StreamTarget,
  options: { from: 'TRIM_HORIZON' | 'LATEST'; until: 'INSERT' | 'REMOVE'; between?: () => Promise<void> },
): Promise<unknown> {
  const StreamArn = await streamOf(target);
  const ShardId = await firstShard(target, StreamArn);
  let { ShardIterator: next } = await target.streams.send(
    new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: options.from }),
  );
  await options.between?.();
  const records: _Record[] = [];
  await vi.waitUntil(
    async () => {
      const page = await target.streams.send(new GetRecordsCommand({ ShardIterator: next }));
      records.push(...(page.Records ?? []));
      next = page.NextShardIterator;
      return next === undefined || records.some(({ eventName }) => eventName === options.until);
    },
    { timeout: 20_000, interval: 20 },
  );
  const sequence = records.map(({ dynamodb }) => BigInt(dynamodb?.SequenceNumber ?? '0'));
  return {
    open: next !== undefined,
    ordered: sequence.every((number, index) => index === 0 || number > (sequence[index - 1] ?? 0n)),
    records: records.map(({ eventName, eventSource, dynamodb }) => ({
      ...{ eventName, eventSource, keys: dynamodb?.Keys, view: dynamodb?.StreamViewType },
      ...{ before: dynamodb?.OldImage, after: dynamodb?.NewImage },
    })),
  };
}

/** What DynamoDB Streams is asked. */
export const streamBehaviours: readonly (Omit<Behaviour, 'run'> & {
  run: (target: StreamTarget) => Promise<unknown>;
})[] = [
  {
    name: 'stream: what was done, in order, with both images; what changed nothing is not told',
    run: async (target) => {
      await story(target);
      return read(target, { from: 'TRIM_HORIZON', until: 'REMOVE' });
    },
  },
  {
    name: 'stream: LATEST tells only what comes after',
    run: async (target) => {
      await story(target);
      return read(target, {
        from: 'LATEST',
        until: 'INSERT',
        between: async () => {
          await target.dynamo.send(new PutItemCommand({ TableName: target.table, Item: key }));
        },
      });
    },
  },
  {
    name: 'stream: description',
    run: async (target) => {
      const { StreamDescription } = await target.streams.send(
        new DescribeStreamCommand({ StreamArn: await streamOf(target) }),
      );
      const { StreamStatus, StreamViewType, KeySchema, Shards } = StreamDescription ?? {};
      return { StreamStatus, StreamViewType, KeySchema, shards: Shards?.length };
    },
  },
  {
    name: 'stream: one that is not there',
    run: async (target) => {
      const StreamArn = (await streamOf(target)).replace(target.table, 'nobody');
      return heard(target.streams.send(new DescribeStreamCommand({ StreamArn })));
    },
  },
  {
    name: 'stream: a shard that is not there',
    run: async (target) => {
      const StreamArn = await streamOf(target);
      const ShardId = 'shardId-00000000000000000000-00000000';
      return heard(
        target.streams.send(new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' })),
      );
    },
  },
  {
    name: 'stream: an iterator that is none',
    run: ({ streams }) => heard(streams.send(new GetRecordsCommand({ ShardIterator: 'nonsense' }))),
  },
  {
    name: 'stream: a sequence number of one digit',
    run: async (target) => {
      const StreamArn = await streamOf(target);
      const ShardId = await firstShard(target, StreamArn);
      const input = { StreamArn, ShardId, ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: '5' } as const;
      const answer = await heard(target.streams.send(new GetShardIteratorCommand(input)));
      return typeof answer === 'object' && answer !== null && 'ShardIterator' in answer ? 'accepted' : answer;
    },
  },
  {
    name: 'stream: more than a thousand records at once, and more than a hundred shards',
    run: async (target) => {
      const StreamArn = await streamOf(target);
      const ShardId = await firstShard(target, StreamArn);
      const { ShardIterator } = await target.streams.send(
        new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'LATEST' }),
      );
      const outcome = async (call: Promise<object>): Promise<unknown> => {
        const answer = await heard(call);
        return typeof answer === 'object' && answer !== null && 'error' in answer ? answer : 'accepted';
      };
      return [
        await outcome(target.streams.send(new GetRecordsCommand({ ShardIterator, Limit: 1001 }))),
        await outcome(target.streams.send(new DescribeStreamCommand({ StreamArn, Limit: 101 }))),
      ];
    },
  },
  {
    name: 'stream: pages of two records',
    run: async (target) => {
      const StreamArn = await streamOf(target);
      const ShardId = await firstShard(target, StreamArn);
      for (const name of ['a', 'b', 'c']) {
        await target.dynamo.send(
          new PutItemCommand({ TableName: target.table, Item: { pk: { S: 'p' }, sk: { S: name } } }),
        );
      }
      let { ShardIterator: next } = await target.streams.send(
        new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
      );
      const names: (string | undefined)[] = [];
      let largest = 0;
      await vi.waitUntil(
        async () => {
          const page = await target.streams.send(new GetRecordsCommand({ ShardIterator: next, Limit: 2 }));
          const { Records = [] } = page;
          largest = Math.max(largest, Records.length);
          names.push(...Records.map(({ dynamodb }) => dynamodb?.Keys?.['sk']?.S));
          next = page.NextShardIterator;
          return names.length >= 3;
        },
        { timeout: 20_000, interval: 20 },
      );
      return { names, fits: largest <= 2 };
    },
  },
];
