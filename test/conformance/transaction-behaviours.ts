import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  PutItemCommand,
  TransactGetItemsCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { Behaviour, Item, Target } from './behaviours.ts';
import { heard } from './heard.ts';

const S = (value: string): AttributeValue => ({ S: value });
const N = (value: number): AttributeValue => ({ N: String(value) });
const keyOf = (name: string): Item => ({ pk: S('p'), sk: S(name) });
const many = <T>(count: number, one: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => one(index));

const transact = ({ dynamo }: Target, items: TransactWriteItem[]): Promise<unknown> =>
  heard(dynamo.send(new TransactWriteItemsCommand({ TransactItems: items })));
const put = ({ dynamo, table }: Target, item: Item): Promise<unknown> =>
  heard(dynamo.send(new PutItemCommand({ TableName: table, Item: item })));
const batch = ({ dynamo, table }: Target, requests: WriteRequest[]): Promise<unknown> =>
  heard(dynamo.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } })));
const getAll = ({ dynamo, table }: Target, keys: Item[], more: object = {}): Promise<unknown> =>
  heard(dynamo.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys: keys, ...more } } })));
const putOf = ({ table }: Target, name: string): TransactWriteItem => ({
  Put: { TableName: table, Item: keyOf(name) },
});

const transactions: readonly Behaviour[] = [
  {
    name: 'transaction: reasons in the order of the parts, for each kind of part',
    run: async (target) => {
      await put(target, { ...keyOf('a'), n: N(1) });
      const failing = { ConditionExpression: 'n > :v', ExpressionAttributeValues: { ':v': N(5) } };
      return transact(target, [
        { ConditionCheck: { TableName: target.table, Key: keyOf('a'), ...failing } },
        putOf(target, 'b'),
        {
          Update: {
            TableName: target.table,
            Key: keyOf('c'),
            UpdateExpression: 'SET x = :x',
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: { ':x': N(1) },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
      ]);
    },
  },
  {
    name: 'transaction: a check that holds changes nothing',
    run: async (target) => {
      await put(target, { ...keyOf('a'), n: N(1) });
      const check = { TableName: target.table, Key: keyOf('a'), ConditionExpression: 'attribute_exists(n)' };
      return [await transact(target, [{ ConditionCheck: check }]), await getAll(target, [keyOf('a')])];
    },
  },
  {
    name: 'transaction: none, and more than a hundred',
    run: async (target) => [
      await transact(target, []),
      await transact(
        target,
        many(101, (index) => putOf(target, `k${index}`)),
      ),
    ],
  },
  {
    name: 'transaction: a table that is not there',
    run: (target) => transact(target, [putOf(target, 'a'), { Put: { TableName: 'nobody', Item: keyOf('a') } }]),
  },
  {
    name: 'transaction: a key of the wrong type is a reason',
    run: (target) =>
      transact(target, [putOf(target, 'a'), { Put: { TableName: target.table, Item: { pk: N(1), sk: S('a') } } }]),
  },
  {
    name: 'transaction: an item over 400 KB',
    run: (target) =>
      transact(target, [{ Put: { TableName: target.table, Item: { ...keyOf('big'), v: S('x'.repeat(400 * 1024)) } } }]),
  },
  {
    name: 'transaction: reading one item twice, and a table that is not there',
    run: async ({ dynamo, table }) => {
      const of = (TableName: string, name: string) => ({ Get: { TableName, Key: keyOf(name) } });
      const read = (...TransactItems: ReturnType<typeof of>[]) =>
        heard(dynamo.send(new TransactGetItemsCommand({ TransactItems })));
      return [await read(of(table, 'a'), of(table, 'a')), await read(of('nobody', 'a'))];
    },
  },
];

const batches: readonly Behaviour[] = [
  {
    name: 'batch: writes and deletes, and reads what is there',
    run: async (target) => {
      await put(target, keyOf('old'));
      const written = await batch(target, [
        { PutRequest: { Item: { ...keyOf('a'), n: N(1) } } },
        { DeleteRequest: { Key: keyOf('old') } },
        { DeleteRequest: { Key: keyOf('nobody') } },
      ]);
      return [written, await getAll(target, [keyOf('a'), keyOf('old')])];
    },
  },
  {
    name: 'batch: more than 25 writes',
    run: (target) =>
      batch(
        target,
        many(26, (index) => ({ PutRequest: { Item: keyOf(`k${index}`) } })),
      ),
  },
  { name: 'batch: no writes', run: (target) => batch(target, []) },
  {
    name: 'batch: more than a hundred reads',
    run: (target) =>
      getAll(
        target,
        many(101, (index) => keyOf(`k${index}`)),
      ),
  },
  { name: 'batch: one key read twice', run: (target) => getAll(target, [keyOf('a'), keyOf('a')]) },
  {
    name: 'batch: a projection',
    run: async (target) => {
      await put(target, { ...keyOf('a'), n: N(1), m: S('x') });
      return getAll(target, [keyOf('a')], { ProjectionExpression: '#n', ExpressionAttributeNames: { '#n': 'n' } });
    },
  },
  {
    name: 'batch: a table that is not there',
    run: async (target) => [
      await batch({ ...target, table: 'nobody' }, [{ PutRequest: { Item: keyOf('a') } }]),
      await getAll({ ...target, table: 'nobody' }, [keyOf('a')]),
    ],
  },
  {
    name: 'batch: a key that does not fit the table',
    run: async (target) => [
      await batch(target, [{ PutRequest: { Item: { pk: S('p') } } }]),
      await getAll(target, [{ pk: S('p') }]),
    ],
  },
  {
    name: 'batch: no more than 16 MB is read at once',
    run: async (target) => {
      const names = many(42, (index) => `k${index}`);
      for (const name of names) {
        await put(target, { pk: S(name), sk: S('a'), v: S('x'.repeat(400_000)) });
      }
      const answer = await target.dynamo.send(
        new BatchGetItemCommand({
          RequestItems: { [target.table]: { Keys: names.map((name) => ({ pk: S(name), sk: S('a') })) } },
        }),
      );
      const found = answer.Responses?.[target.table]?.length ?? 0;
      const left = answer.UnprocessedKeys?.[target.table]?.Keys?.length ?? 0;
      return { all: found + left === names.length, isPartial: left > 0 };
    },
  },
];

/** What DynamoDB is asked of transactions and batches, beyond the first questions in `behaviours.ts`. */
export const transactionBehaviours: readonly Behaviour[] = [...transactions, ...batches];
