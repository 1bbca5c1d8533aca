import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  TransactionCanceledException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateScan,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { createRequestHandler } from '../../../src/simulator/mounts/request-handler.ts';
import { account, createFixture, region } from './fixture.ts';

async function clients(): Promise<{ document: DynamoDBDocumentClient; streams: DynamoDBStreamsClient; arn: string }> {
  const { aws } = createFixture();
  const options = {
    region,
    credentials: { accessKeyId: account, secretAccessKey: 'any' },
    requestHandler: createRequestHandler(aws),
  };
  const client = new DynamoDBClient(options);
  const created = await client.send(
    new CreateTableCommand({
      TableName: 'things',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 60 }, { TableName: 'things' });
  return {
    document: DynamoDBDocumentClient.from(client),
    streams: new DynamoDBStreamsClient(options),
    arn: created.TableDescription?.LatestStreamArn ?? '',
  };
}

describe('the SDK document client', () => {
  const TableName = 'things';

  it('writes and reads native values', async () => {
    const { document } = await clients();
    const Item = {
      pk: 'a',
      sk: 1,
      list: [1, 'two', { three: true }, null],
      tags: new Set(['x', 'y']),
      bytes: Uint8Array.from([1, 2, 255]),
      nested: { deep: { er: 1.5 } },
    };
    await document.send(new PutCommand({ TableName, Item }));
    const { Item: back } = await document.send(
      new GetCommand({ TableName, Key: { pk: 'a', sk: 1 }, ConsistentRead: true }),
    );
    expect(back).toEqual(Item);
    const { Attributes } = await document.send(
      new UpdateCommand({
        TableName,
        Key: { pk: 'a', sk: 1 },
        UpdateExpression: 'SET nested.deep.er = nested.deep.er + :x, #l[0] = :y',
        ExpressionAttributeNames: { '#l': 'list' },
        ExpressionAttributeValues: { ':x': 1, ':y': 'one' },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    expect(Attributes).toEqual({ nested: { deep: { er: 2.5 } }, list: ['one'] });
  });

  it('pages through queries and scans', async () => {
    const { document } = await clients();
    for (let sk = 0; sk < 7; sk += 1)
      await document.send(new PutCommand({ TableName, Item: { pk: `p${sk % 2}`, sk } }));
    const { Items, LastEvaluatedKey } = await document.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :p AND sk BETWEEN :a AND :b',
        ExpressionAttributeValues: { ':p': 'p0', ':a': 1, ':b': 6 },
        ScanIndexForward: false,
      }),
    );
    expect([Items?.map(({ sk }) => sk as number), LastEvaluatedKey]).toEqual([[6, 4, 2], undefined]);
    const scanned: number[] = [];
    for await (const page of paginateScan({ client: document, pageSize: 3 }, { TableName })) {
      for (const { sk } of page.Items ?? []) scanned.push(sk as number);
    }
    expect(scanned.sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('gets the modelled errors with their members', async () => {
    const { document } = await clients();
    await document.send(new PutCommand({ TableName, Item: { pk: 'a', sk: 1, v: 1 } }));
    const condition = await document
      .send(
        new PutCommand({
          TableName,
          Item: { pk: 'a', sk: 1 },
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      )
      .catch((error: unknown) => error);
    expect(condition).toBeInstanceOf(ConditionalCheckFailedException);
    expect(condition).toMatchObject({
      message: 'The conditional request failed',
      Item: { pk: { S: 'a' }, sk: { N: '1' }, v: { N: '1' } },
    });
    const transaction = await document
      .send(
        new TransactWriteCommand({
          TransactItems: [
            { Put: { TableName, Item: { pk: 'b', sk: 1 } } },
            {
              Delete: {
                TableName,
                Key: { pk: 'a', sk: 1 },
                ConditionExpression: 'v = :v',
                ExpressionAttributeValues: { ':v': 2 },
              },
            },
          ],
        }),
      )
      .catch((error: unknown) => error);
    expect(transaction).toBeInstanceOf(TransactionCanceledException);
    expect(transaction).toMatchObject({
      message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]',
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
      ],
    });
    const missing = await document
      .send(new GetCommand({ TableName: 'nothing', Key: { pk: 'a' } }))
      .catch((error: unknown) => error);
    expect(missing).toBeInstanceOf(ResourceNotFoundException);
  });

  it('reads the stream', async () => {
    const { document, streams, arn } = await clients();
    await document.send(new PutCommand({ TableName, Item: { pk: 'a', sk: 1, v: 'new' } }));
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: arn }));
    const { ShardIterator } = await streams.send(
      new GetShardIteratorCommand({
        StreamArn: arn,
        ShardId: StreamDescription?.Shards?.[0]?.ShardId,
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    );
    const { Records, NextShardIterator } = await streams.send(new GetRecordsCommand({ ShardIterator }));
    expect(Records?.map(({ eventName, dynamodb }) => [eventName, dynamodb?.NewImage])).toEqual([
      ['INSERT', { pk: { S: 'a' }, sk: { N: '1' }, v: { S: 'new' } }],
    ]);
    expect(NextShardIterator).toContain(arn);
  });
});
