import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  QueryCommand,
  ScanCommand,
  TagResourceCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { vi } from 'vitest';
import type { Behaviour, Target } from './behaviours.ts';
import { heard } from './heard.ts';

const minimal: Omit<CreateTableCommandInput, 'TableName'> = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
};

const create = ({ dynamo, table }: Target, more: Partial<CreateTableCommandInput>): Promise<unknown> =>
  heard(dynamo.send(new CreateTableCommand({ TableName: `${table}-more`, ...minimal, ...more })));

/** What DynamoDB is asked of tables. */
export const tableBehaviours: readonly Behaviour[] = [
  { name: 'table: one that is there already', run: (target) => create(target, { TableName: target.table }) },
  { name: 'table: a name that is too short', run: (target) => create(target, { TableName: 'ab' }) },
  { name: 'table: a name with a space', run: (target) => create(target, { TableName: 'a name' }) },
  {
    name: 'table: a key without definition',
    run: (target) => create(target, { KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' }] }),
  },
  {
    name: 'table: an attribute that is no key',
    run: (target) =>
      create(target, {
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'other', AttributeType: 'S' },
        ],
      }),
  },
  { name: 'table: provisioned without capacity', run: (target) => create(target, { BillingMode: 'PROVISIONED' }) },
  {
    name: 'table: one that is not there',
    run: async ({ dynamo }) => [
      await heard(dynamo.send(new DescribeTableCommand({ TableName: 'nobody' }))),
      await heard(dynamo.send(new DeleteTableCommand({ TableName: 'nobody' }))),
      await heard(dynamo.send(new UpdateTableCommand({ TableName: 'nobody', DeletionProtectionEnabled: true }))),
    ],
  },
  {
    name: 'table: protected against deletion',
    run: async ({ dynamo, table }) => {
      await dynamo.send(new UpdateTableCommand({ TableName: table, DeletionProtectionEnabled: true }));
      const remove = () => heard(dynamo.send(new DeleteTableCommand({ TableName: table })));
      let answer: unknown;
      await vi.waitUntil(
        async () => {
          answer = await remove();
          return !JSON.stringify(answer).includes('Table is being updated');
        },
        { timeout: 20_000, interval: 20 },
      );
      return answer;
    },
  },
  {
    name: 'table: a stream that is there already',
    run: ({ dynamo, table }) =>
      heard(
        dynamo.send(
          new UpdateTableCommand({
            TableName: table,
            StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
          }),
        ),
      ),
  },
  {
    name: 'table: how many are listed at once',
    run: async ({ dynamo }) => {
      const { TableNames = [], LastEvaluatedTableName: last } = await dynamo.send(new ListTablesCommand({ Limit: 1 }));
      return [
        TableNames.length,
        last === TableNames[0],
        await heard(dynamo.send(new ListTablesCommand({ Limit: 101 }))),
      ];
    },
  },
  {
    name: 'table: tags',
    run: async ({ dynamo, table }) => {
      const { Table } = await dynamo.send(new DescribeTableCommand({ TableName: table }));
      const ResourceArn = Table?.TableArn ?? 'no table';
      const missing = ResourceArn.replace(table, 'nobody');
      await dynamo.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'owner', Value: 'me' }] }));
      return heard(dynamo.send(new ListTagsOfResourceCommand({ ResourceArn: missing })));
    },
  },
  {
    name: 'table: time to live, twice the same',
    run: async ({ dynamo, table }) => {
      const set = (Enabled: boolean) =>
        heard(
          dynamo.send(
            new UpdateTimeToLiveCommand({
              TableName: table,
              TimeToLiveSpecification: { Enabled, AttributeName: 'until' },
            }),
          ),
        );
      const off = await set(false);
      const on = await set(true);
      const { TimeToLiveDescription } = await dynamo.send(new DescribeTimeToLiveCommand({ TableName: table }));
      return [off, on, TimeToLiveDescription?.AttributeName, await set(true)];
    },
  },
  {
    name: 'scan: segments out of range',
    run: async ({ dynamo, table }) => {
      const scan = (more: object) => heard(dynamo.send(new ScanCommand({ TableName: table, ...more })));
      return [
        await scan({ Segment: 0 }),
        await scan({ TotalSegments: 2 }),
        await scan({ Segment: 2, TotalSegments: 2 }),
      ];
    },
  },
  {
    name: 'query: a starting key of another partition',
    run: ({ dynamo, table }) =>
      heard(
        dynamo.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'pk = :p',
            ExpressionAttributeValues: { ':p': { S: 'p' } },
            ExclusiveStartKey: { pk: { S: 'other' }, sk: { S: 'a' } },
          }),
        ),
      ),
  },
  {
    name: 'query: an index that is not there',
    run: ({ dynamo, table }) =>
      heard(
        dynamo.send(
          new QueryCommand({
            TableName: table,
            IndexName: 'nobody',
            KeyConditionExpression: 'pk = :p',
            ExpressionAttributeValues: { ':p': { S: 'p' } },
          }),
        ),
      ),
  },
];
