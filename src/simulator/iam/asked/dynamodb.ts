/** What calls of DynamoDB ask for (Service Authorization Reference; DynamoDB developer guide, "Using IAM policy conditions for fine-grained access control", and "Transactions and IAM"). */
import { iteratorTarget } from '../../dynamodb/shard-iterator.ts';
import type { Asked } from '../evaluate.ts';
import { isRecord, onAll, type Request, type Table } from '../request.ts';

type Fields = Readonly<Record<string, unknown>>;

const onTable = [
  'DescribeTable',
  'UpdateTable',
  'DeleteTable',
  'CreateTable',
  'DescribeTimeToLive',
  'UpdateTimeToLive',
];
const onTableToo = ['DescribeContinuousBackups', 'UpdateContinuousBackups'];
const byArn = ['TagResource', 'UntagResource', 'ListTagsOfResource'];

export const dynamodbTable: Table = {
  ...Object.fromEntries(
    [...onTable, ...onTableToo].map((name) => [name, (request: Request) => [whole(request, name)]]),
  ),
  ...Object.fromEntries(
    byArn.map((name) => [
      name,
      (request: Request) => [{ action: `dynamodb:${name}`, resource: request.text('ResourceArn') ?? '*', context: {} }],
    ]),
  ),
  ListTables: () => [onAll('dynamodb:ListTables')],
  Scan: (request) => [whole(request, 'Scan')],
  Query: (request) => {
    const arn = tableArn(request, request.value('TableName'));
    return [{ action: 'dynamodb:Query', resource: arn, context: { 'dynamodb:LeadingKeys': queried(request, arn) } }];
  },
  GetItem: (request) => [onKey(request, 'GetItem', request.value('TableName'), request.value('Key'))],
  PutItem: (request) => [onKey(request, 'PutItem', request.value('TableName'), request.value('Item'))],
  UpdateItem: (request) => [onKey(request, 'UpdateItem', request.value('TableName'), request.value('Key'))],
  DeleteItem: (request) => [onKey(request, 'DeleteItem', request.value('TableName'), request.value('Key'))],
  BatchGetItem: (request) =>
    inTables(request, 'BatchGetItem', (wanted) => (isRecord(wanted) ? listOf(wanted['Keys']) : [])),
  BatchWriteItem: (request) =>
    inTables(request, 'BatchWriteItem', (writes) =>
      listOf(writes).flatMap((write) => {
        if (!isRecord(write)) return [];
        const { PutRequest: put, DeleteRequest: removal } = write;
        return [isRecord(put) ? put['Item'] : undefined, isRecord(removal) ? removal['Key'] : undefined];
      }),
    ),
  TransactWriteItems: (request) =>
    request.objects('TransactItems').flatMap((item) => Object.entries(item).flatMap((part) => partOf(request, part))),
  TransactGetItems: (request) =>
    request.objects('TransactItems').flatMap((item) => Object.entries(item).flatMap((part) => partOf(request, part))),
};

export const streamsTable: Table = {
  ListStreams: () => [onAll('dynamodb:ListStreams')],
  DescribeStream: (request) => [stream('DescribeStream', request.text('StreamArn'))],
  GetShardIterator: (request) => [stream('GetShardIterator', request.text('StreamArn'))],
  GetRecords: (request) => [stream('GetRecords', iteratorTarget(request.text('ShardIterator'))?.streamArn)],
};

/** A transaction is judged by its parts. */
const parts: Readonly<Record<string, readonly [action: string, member: string]>> = {
  Put: ['PutItem', 'Item'],
  Update: ['UpdateItem', 'Key'],
  Delete: ['DeleteItem', 'Key'],
  ConditionCheck: ['ConditionCheckItem', 'Key'],
  Get: ['GetItem', 'Key'],
};

function partOf(request: Request, [name, part]: readonly [string, unknown]): readonly Asked[] {
  const [action, member] = parts[name] ?? [];
  if (action === undefined || member === undefined || !isRecord(part)) return [];
  return [onKey(request, action, part['TableName'], part[member])];
}

function stream(operation: string, arn = '*'): Asked {
  return { action: `dynamodb:${operation}`, resource: arn, context: {} };
}

function whole(request: Request, operation: string): Asked {
  return { action: `dynamodb:${operation}`, resource: tableArn(request, request.value('TableName')), context: {} };
}

function tableArn(request: Request, name: unknown): string {
  return typeof name === 'string' ? request.named('dynamodb', 'table', name) : '*';
}

function onKey(request: Request, operation: string, table: unknown, ...items: readonly unknown[]): Asked {
  const arn = tableArn(request, table);
  const name = request.live.partitionKey(arn);
  const keys = items.flatMap((item) => (name === undefined || !isRecord(item) ? [] : scalarOf(item[name])));
  return { action: `dynamodb:${operation}`, resource: arn, context: { 'dynamodb:LeadingKeys': unique(keys) } };
}

function inTables(
  request: Request,
  operation: string,
  items: (wanted: unknown) => readonly unknown[],
): readonly Asked[] {
  const tables = request.value('RequestItems');
  return Object.entries(isRecord(tables) ? tables : {}).map(([table, wanted]) =>
    onKey(request, operation, table, ...items(wanted)),
  );
}

/** The partition that a query names: `key = :value` in its key condition. */
function queried(request: Request, arn: string): readonly string[] | undefined {
  const key = request.live.partitionKey(arn);
  const names = fieldsOf(request.value('ExpressionAttributeNames'));
  const values = fieldsOf(request.value('ExpressionAttributeValues'));
  const conditions = (request.text('KeyConditionExpression') ?? '').matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g);
  const found = [...conditions].flatMap(([, name = '', value = '']) =>
    (names[name] ?? name) === key ? scalarOf(values[value]) : [],
  );
  return unique(found);
}

/** A key that is not there is not an empty one. */
function unique(keys: readonly string[]): readonly string[] | undefined {
  return keys.length === 0 ? undefined : [...new Set(keys)];
}

function scalarOf(value: unknown): readonly string[] {
  const { S: text, N: number } = fieldsOf(value);
  const scalar = text ?? number;
  return typeof scalar === 'string' ? [scalar] : [];
}

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}
