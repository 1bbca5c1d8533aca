import {
  type AttributeValue,
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
  TransactGetItemsCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { heard } from './heard.ts';

export type Item = Record<string, AttributeValue>;

/** A table of an implementation of DynamoDB: keys `pk` (HASH, S) and `sk` (RANGE, S), a stream of new and old images, empty at first. */
export interface Target {
  readonly dynamo: DynamoDBClient;
  readonly table: string;
}

/** What implementations are asked, and what they answer: names, messages and values, nothing that two honest ones may differ in. */
export interface Behaviour {
  readonly name: string;
  readonly run: (target: Target) => Promise<unknown>;
}

const S = (value: string): AttributeValue => ({ S: value });
const N = (value: number | string): AttributeValue => ({ N: String(value) });
const keyOf = (name: string): Item => ({ pk: S('p'), sk: S(name) });
const stored: Item = {
  ...keyOf('a'),
  n: N(5),
  l: { L: [N(1), N(2), N(3)] },
  m: { M: { x: N(1) } },
  s: { SS: ['a', 'b'] },
};

const put = ({ dynamo, table }: Target, item: Item, more: Partial<PutItemCommandInput> = {}): Promise<unknown> =>
  heard(dynamo.send(new PutItemCommand({ TableName: table, Item: item, ...more })));
const get = ({ dynamo, table }: Target, name: string): Promise<unknown> =>
  heard(dynamo.send(new GetItemCommand({ TableName: table, Key: keyOf(name), ConsistentRead: true })));
const update = ({ dynamo, table }: Target, name: string, more: Partial<UpdateItemCommandInput>): Promise<unknown> =>
  heard(dynamo.send(new UpdateItemCommand({ TableName: table, Key: keyOf(name), ...more })));
const query = ({ dynamo, table }: Target, more: Partial<QueryCommandInput>): Promise<unknown> =>
  heard(dynamo.send(new QueryCommand({ TableName: table, ...more })));
const scan = ({ dynamo, table }: Target, more: Partial<ScanCommandInput>): Promise<unknown> =>
  heard(dynamo.send(new ScanCommand({ TableName: table, ...more })));
const transact = ({ dynamo }: Target, items: TransactWriteItem[], token?: string): Promise<unknown> =>
  heard(dynamo.send(new TransactWriteItemsCommand({ TransactItems: items, ClientRequestToken: token })));

/** One update of the stored item, from a fresh start: its answer, and the item after it. */
const updated = (expression: string, values?: Item, more: Partial<UpdateItemCommandInput> = {}) => ({
  name: `update: ${expression}${more.ReturnValues === undefined ? '' : ` (${more.ReturnValues})`}`,
  run: async (target: Target): Promise<unknown> => {
    await put(target, stored);
    const answer = await update(target, 'a', {
      UpdateExpression: expression,
      ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
      ...more,
    });
    return [answer, await get(target, 'a')];
  },
});

/** One conditional put over the stored item. */
const condition = (expression: string, values?: Item) => ({
  name: `condition: ${expression}`,
  run: async (target: Target): Promise<unknown> => {
    await put(target, stored);
    return put(target, keyOf('a'), {
      ConditionExpression: expression,
      ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
  },
});

/** One put of a value that may be out of bounds, and what is stored of it. */
const value = (name: string, given: AttributeValue) => ({
  name: `value: ${name}`,
  run: async (target: Target): Promise<unknown> => [
    await put(target, { ...keyOf('v'), v: given }),
    await get(target, 'v'),
  ],
});

const updates: readonly Behaviour[] = [
  updated('SET n = n + :one', { ':one': N(1) }, { ReturnValues: 'UPDATED_NEW' }),
  updated('SET n = :one - n', { ':one': N(1) }, { ReturnValues: 'UPDATED_OLD' }),
  updated('SET m.x = :v, m.y = :v', { ':v': S('new') }, { ReturnValues: 'ALL_OLD' }),
  updated(
    'SET l = list_append(l, :v), o = if_not_exists(o, :v)',
    { ':v': { L: [S('x')] } },
    { ReturnValues: 'ALL_NEW' },
  ),
  updated('SET l[9] = :v', { ':v': N(9) }),
  updated('REMOVE l[0], m.x, nothing'),
  updated('ADD n :n, s :s, z :n', { ':n': N('2.5'), ':s': { SS: ['b', 'c'] } }),
  updated('DELETE s :s', { ':s': { SS: ['a', 'b'] } }),
  updated('SET x = n REMOVE n', undefined, { ReturnValues: 'ALL_NEW' }),
  updated('SET nowhere.x = :v', { ':v': N(1) }),
  updated('SET n = s + :v', { ':v': N(1) }),
  updated('ADD l :v', { ':v': N(1) }),
  updated('SET sk = :v', { ':v': S('b') }),
  updated('SET m = :v, m.x = :v', { ':v': N(1) }),
  updated('SET n = :v', { ':v': N(1), ':unused': N(2) }),
  updated('SET n = :undefined'),
  updated('SET #n = :v', { ':v': N(1) }),
  updated('SET n := :v', { ':v': N(1) }),
  updated('SET n = :v SET s = :v', { ':v': N(1) }),
  updated('SET size = :v', { ':v': N(1) }),
  {
    name: 'update: an item that is not there is made',
    run: async (target) => [
      await update(target, 'new', {
        UpdateExpression: 'SET a = :v',
        ExpressionAttributeValues: { ':v': N(1) },
        ReturnValues: 'ALL_NEW',
      }),
      await update(target, 'other', {
        UpdateExpression: 'SET a = :v',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':v': N(1) },
      }),
      await get(target, 'other'),
    ],
  },
];

const conditions: readonly Behaviour[] = [
  condition('attribute_not_exists(pk)'),
  condition('attribute_exists(pk) AND n = :five', { ':five': N('5.0') }),
  condition('n BETWEEN :low AND :high', { ':low': N(6), ':high': N(9) }),
  condition('n IN (:a, :b)', { ':a': N(4), ':b': N(5) }),
  condition('begins_with(sk, :a) AND NOT contains(s, :a)', { ':a': S('a') }),
  condition('contains(s, :a) AND size(l) = :three', { ':a': S('a'), ':three': N(3) }),
  condition('attribute_type(n, :t) OR attribute_type(n, :s)', { ':t': S('N'), ':s': S('S') }),
  condition('n < :text', { ':text': S('5') }),
  condition('n <> :text', { ':text': S('5') }),
  condition('m.x = :one AND l[1] = :two', { ':one': N(1), ':two': N(2) }),
  condition('n = :five AND', { ':five': N(5) }),
  condition('no_function(n)'),
  condition('n BETWEEN :high AND :low', { ':low': N(6), ':high': N(9) }),
  {
    name: 'condition: failing without ReturnValuesOnConditionCheckFailure tells nothing of the item',
    run: async (target) => {
      await put(target, stored);
      return put(target, keyOf('a'), { ConditionExpression: 'attribute_not_exists(pk)' });
    },
  },
  {
    name: 'condition: deleting what is not there succeeds, on a condition it does not',
    run: async (target) => {
      const { dynamo, table } = target;
      const input = { TableName: table, Key: keyOf('nobody') };
      return [
        await heard(dynamo.send(new DeleteItemCommand({ ...input, ReturnValues: 'ALL_OLD' }))),
        await heard(dynamo.send(new DeleteItemCommand({ ...input, ConditionExpression: 'attribute_exists(pk)' }))),
      ];
    },
  },
];

const values: readonly Behaviour[] = [
  value('a number is kept to 38 digits, and in plain form', N('00123456789012345678901234567890.5e2')),
  value('a number of 39 digits', N('123456789012345678901234567890123456789')),
  value('a number out of range', N('1e126')),
  value('no number', N('one')),
  value('an empty set', { SS: [] }),
  value('a set with something twice', { SS: ['a', 'a'] }),
  value('a set with an empty string', { SS: [''] }),
  value('an empty string, list and map', { L: [S(''), { L: [] }, { M: {} }, { NULL: true }] }),
  {
    name: 'value: an empty key',
    run: (target) => put(target, { pk: S(''), sk: S('a') }),
  },
  {
    name: 'value: a key of the wrong type, and one that is missing',
    run: async (target) => [await put(target, { pk: N(1), sk: S('a') }), await put(target, { pk: S('p') })],
  },
  {
    name: 'value: an item over 400 KB',
    run: (target) => put(target, { ...keyOf('big'), v: S('x'.repeat(400 * 1024)) }),
  },
];

const fill = async (target: Target): Promise<void> => {
  for (const [index, name] of ['a1', 'a2', 'a3', 'b1', 'b2'].entries())
    await put(target, { ...keyOf(name), n: N(index) });
};
const ofP = { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': S('p') } };
const startingWithA: Partial<QueryCommandInput> = {
  KeyConditionExpression: 'pk = :p AND begins_with(sk, :a)',
  ExpressionAttributeValues: { ':p': S('p'), ':a': S('a') },
};

const reads: readonly Behaviour[] = [
  {
    name: 'query: pages of two, to the end',
    run: async (target) => {
      await fill(target);
      const pages: unknown[] = [];
      let start: Item | undefined;
      do {
        const page = await target.dynamo.send(
          new QueryCommand({ TableName: target.table, ...ofP, Limit: 2, ExclusiveStartKey: start }),
        );
        pages.push(await heard(Promise.resolve(page)));
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
      return pages;
    },
  },
  {
    name: 'query: a page that ends with the last item still says where it ended',
    run: async (target) => {
      await fill(target);
      return query(target, { ...startingWithA, Limit: 3 });
    },
  },
  {
    name: 'query: begins_with, backwards, filtered, projected',
    run: async (target) => {
      await fill(target);
      return query(target, {
        ...startingWithA,
        ScanIndexForward: false,
        FilterExpression: 'n > :zero',
        ExpressionAttributeValues: { ':p': S('p'), ':a': S('a'), ':zero': N(0) },
        ProjectionExpression: 'sk, n',
      });
    },
  },
  {
    name: 'query: a limit counts what was read, not what the filter left',
    run: async (target) => {
      await fill(target);
      return query(target, {
        ...ofP,
        Limit: 2,
        FilterExpression: 'n > :two',
        ExpressionAttributeValues: { ':p': S('p'), ':two': N(2) },
      });
    },
  },
  ...['pk > :p', 'sk = :p', 'pk = :p AND n = :p', 'pk = :p AND contains(sk, :p)', 'pk = :p OR sk = :p'].map(
    (expression) => ({
      name: `query: refuses the key condition ${expression}`,
      run: (target: Target) => query(target, { ...ofP, KeyConditionExpression: expression }),
    }),
  ),
  {
    name: 'query: refuses a filter on the key',
    run: (target) => query(target, { ...ofP, FilterExpression: 'sk <> :p' }),
  },
  {
    name: 'scan: a page, the rest, counts',
    run: async (target) => {
      await fill(target);
      return [
        await scan(target, { Limit: 3 }),
        await scan(target, { ExclusiveStartKey: keyOf('a3') }),
        await scan(target, { Select: 'COUNT', FilterExpression: 'n >= :n', ExpressionAttributeValues: { ':n': N(3) } }),
        await scan(target, { Limit: 0 }),
      ];
    },
  },
  {
    name: 'read: a table that is not there',
    run: async ({ dynamo }) => [
      await get({ dynamo, table: 'nobody' }, 'a'),
      await scan({ dynamo, table: 'nobody' }, {}),
      await put({ dynamo, table: 'nobody' }, keyOf('a')),
    ],
  },
];

const putOf = (
  target: Target,
  name: string,
  more: Partial<NonNullable<TransactWriteItem['Put']>> = {},
): TransactWriteItem => ({
  Put: { TableName: target.table, Item: keyOf(name), ...more },
});

const transactions: readonly Behaviour[] = [
  {
    name: 'transaction: all or nothing, a reason for each part, with the item where it is asked for',
    run: async (target) => {
      await put(target, stored);
      const absent = { ConditionExpression: 'attribute_not_exists(pk)' };
      return [
        await transact(target, [
          putOf(target, 'b', absent),
          putOf(target, 'a', { ...absent, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
          { Delete: { TableName: target.table, Key: keyOf('c'), ConditionExpression: 'attribute_exists(pk)' } },
        ]),
        await get(target, 'b'),
      ];
    },
  },
  {
    name: 'transaction: put, update, delete and a check together',
    run: async (target) => {
      await fill(target);
      const answer = await transact(target, [
        putOf(target, 'c1'),
        {
          Update: {
            TableName: target.table,
            Key: keyOf('a1'),
            UpdateExpression: 'SET n = n + :v',
            ExpressionAttributeValues: { ':v': N(10) },
          },
        },
        { Delete: { TableName: target.table, Key: keyOf('b2') } },
        { ConditionCheck: { TableName: target.table, Key: keyOf('a2'), ConditionExpression: 'attribute_exists(n)' } },
      ]);
      return [answer, await query(target, ofP)];
    },
  },
  {
    name: 'transaction: one item twice',
    run: (target) => transact(target, [putOf(target, 'a'), { Delete: { TableName: target.table, Key: keyOf('a') } }]),
  },
  {
    name: 'transaction: an update that cannot be made cancels it',
    run: async (target) => {
      await put(target, stored);
      const wrong = {
        TableName: target.table,
        Key: keyOf('a'),
        UpdateExpression: 'SET n = s + :v',
        ExpressionAttributeValues: { ':v': N(1) },
      };
      return [await transact(target, [putOf(target, 'b'), { Update: wrong }]), await get(target, 'b')];
    },
  },
  {
    name: 'transaction: the same token does nothing again, with other contents it is refused',
    run: async (target) => {
      const increment: TransactWriteItem = {
        Update: {
          TableName: target.table,
          Key: keyOf('a'),
          UpdateExpression: 'ADD n :v',
          ExpressionAttributeValues: { ':v': N(1) },
        },
      };
      const token = `token-${target.table}`;
      await transact(target, [increment], token);
      await transact(target, [increment], token);
      return [await transact(target, [putOf(target, 'b')], token), await get(target, 'a')];
    },
  },
  {
    name: 'transaction: reading',
    run: async (target) => {
      await fill(target);
      const of = (name: string) => ({ Get: { TableName: target.table, Key: keyOf(name), ProjectionExpression: 'n' } });
      return heard(
        target.dynamo.send(new TransactGetItemsCommand({ TransactItems: [of('a1'), of('nobody'), of('b2')] })),
      );
    },
  },
  {
    name: 'batch: one item twice',
    run: ({ dynamo, table }) =>
      heard(
        dynamo.send(
          new BatchWriteItemCommand({
            RequestItems: { [table]: [{ PutRequest: { Item: keyOf('a') } }, { DeleteRequest: { Key: keyOf('a') } }] },
          }),
        ),
      ),
  },
];

/** What DynamoDB is asked. The streams' own questions are in `stream-behaviours.ts`. */
export const itemBehaviours: readonly Behaviour[] = [...updates, ...conditions, ...values, ...reads, ...transactions];
