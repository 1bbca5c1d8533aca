/** DynamoDB's item operations in plain values. All reads are consistent, unless a scan is told otherwise; a read that cannot be finished throws, so that a part is never taken for the whole. */
import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type AttributeMap, fromItem, type Item, toItem } from './attributes.ts';
import type { CallInfo, Dynamo } from './client.ts';

/** An expression with the names and values that stand behind its placeholders. */
export interface Expression {
  readonly text: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** How one write is called; see `CallInfo`. */
export type WriteOptions = Partial<Pick<CallInfo, 'repeatable' | 'timeoutMs' | 'attempts' | 'guard'>>;

/** A change of one item. `update` is an update expression, and shares names and values with `condition`. */
export interface ItemUpdate {
  readonly table: string;
  readonly key: Item;
  readonly update: string;
  readonly condition?: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** The item under `key`, by a consistent read; undefined when there is none. */
export async function getItem(
  dynamo: Dynamo,
  table: string,
  key: Item,
  options: { timeoutMs?: number; attempts?: number } = {},
): Promise<Item | undefined> {
  const info = { operation: 'GetItem', about: table, mutating: false, repeatable: true, ...options };
  const output = await dynamo.call(info, (abortSignal) =>
    dynamo.sdk.send(new GetItemCommand({ TableName: table, Key: toItem(key), ConsistentRead: true }), { abortSignal }),
  );
  return output.Item === undefined ? undefined : fromItem(output.Item);
}

/** Writes a whole item. A failed condition throws class `conflict`. */
export async function putItem(
  dynamo: Dynamo,
  put: { readonly table: string; readonly item: Item; readonly condition?: Expression },
  options: WriteOptions = {},
): Promise<void> {
  const command = { TableName: put.table, Item: toItem(put.item), ...conditionOf(put.condition) };
  const repeatable = put.condition === undefined;
  await dynamo.call(writeInfo('PutItem', put.table, { repeatable, ...options }), (abortSignal) =>
    dynamo.sdk.send(new PutItemCommand(command), { abortSignal }),
  );
}

/** Changes an item, or makes it where the condition lets it. A failed condition throws class `conflict`. */
export async function updateItem(dynamo: Dynamo, change: ItemUpdate, options: WriteOptions = {}): Promise<void> {
  const command = updateInput(change);
  await dynamo.call(writeInfo('UpdateItem', change.table, options), (abortSignal) =>
    dynamo.sdk.send(new UpdateItemCommand(command), { abortSignal }),
  );
}

/** Deletes an item and says whether it was there. A failed condition throws class `conflict`. */
export async function deleteItem(
  dynamo: Dynamo,
  remove: { readonly table: string; readonly key: Item; readonly condition?: Expression },
  options: WriteOptions = {},
): Promise<boolean> {
  const command = {
    TableName: remove.table,
    Key: toItem(remove.key),
    ReturnValues: 'ALL_OLD' as const,
    ...conditionOf(remove.condition),
  };
  const output = await dynamo.call(writeInfo('DeleteItem', remove.table, options), (abortSignal) =>
    dynamo.sdk.send(new DeleteItemCommand(command), { abortSignal }),
  );
  return output.Attributes !== undefined;
}

/** All items of one partition, in the order of the sort key, page by page to the end. */
export async function queryItems(
  dynamo: Dynamo,
  query: { readonly table: string; readonly condition: Expression },
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let from: AttributeMap | undefined;
  do {
    const input = {
      TableName: query.table,
      ConsistentRead: true,
      KeyConditionExpression: query.condition.text,
      ...placeholders(query.condition),
      ...(from === undefined ? {} : { ExclusiveStartKey: from }),
    };
    const info = { operation: 'Query', about: query.table, mutating: false, repeatable: true };
    const page = await dynamo.call(info, (abortSignal) => dynamo.sdk.send(new QueryCommand(input), { abortSignal }));
    for (const item of page.Items ?? []) items.push(fromItem(item));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return items;
}

/** How a table is scanned. */
export interface ScanOptions {
  /** False: at half the price, and perhaps a second behind. For what is only shown. */
  readonly consistent?: boolean;
}

/**
 * Reads a whole table in `segments` parallel scans and hands over each page as it comes. Resolves only when every segment was read to its end;
 * pages may be empty and not the last, so only an absent LastEvaluatedKey ends one.
 */
export async function scanItems(
  dynamo: Dynamo,
  scan: ScanOptions & { readonly table: string; readonly segments?: number; readonly filter?: Expression },
  onItems: (items: readonly Item[]) => void,
): Promise<void> {
  const segments = scan.segments ?? 1;
  const readSegment = async (segment: number): Promise<void> => {
    let from: AttributeMap | undefined;
    do {
      const input = {
        TableName: scan.table,
        ConsistentRead: scan.consistent ?? true,
        ...(segments === 1 ? {} : { Segment: segment, TotalSegments: segments }),
        ...(scan.filter === undefined ? {} : { FilterExpression: scan.filter.text, ...placeholders(scan.filter) }),
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      };
      const info = { operation: 'Scan', about: scan.table, mutating: false, repeatable: true };
      const page = await dynamo.call(info, (abortSignal) => dynamo.sdk.send(new ScanCommand(input), { abortSignal }));
      onItems((page.Items ?? []).map(fromItem));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
  };
  await Promise.all(Array.from({ length: segments }, (_, segment) => readSegment(segment)));
}

/** The most actions that one transaction takes (TransactWriteItems API reference). */
export const maxTransactionActions = 100;

/**
 * Runs the actions all or none. The token makes a repeat within ten minutes harmless, so an unknown result is resolved by sending the very same
 * request again. A cancelled one throws; `cancellationReasons` of the error says why, action by action.
 */
export async function transactWrite(
  dynamo: Dynamo,
  table: string,
  transaction: { readonly actions: readonly TransactWriteItem[]; readonly token: string },
  options: WriteOptions = {},
): Promise<void> {
  const input = { TransactItems: [...transaction.actions], ClientRequestToken: transaction.token };
  await dynamo.call(writeInfo('TransactWriteItems', table, { repeatable: true, ...options }), (abortSignal) =>
    dynamo.sdk.send(new TransactWriteItemsCommand(input), { abortSignal }),
  );
}

/** An update as a transaction's action, which answers with the item where its condition fails. */
export function updateAction(change: ItemUpdate): TransactWriteItem {
  const input = updateInput(change);
  return { Update: { ...input, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } };
}

/** A whole-item write as a transaction's action, which answers with the item where its condition fails. */
export function putAction(table: string, item: Item, condition: Expression): TransactWriteItem {
  return {
    Put: {
      TableName: table,
      Item: toItem(item),
      ...conditionOf(condition),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

function updateInput(change: ItemUpdate) {
  return {
    TableName: change.table,
    Key: toItem(change.key),
    UpdateExpression: change.update,
    ...(change.condition === undefined ? {} : { ConditionExpression: change.condition }),
    ...placeholders(change),
  };
}

function conditionOf(condition: Expression | undefined) {
  return condition === undefined ? {} : { ConditionExpression: condition.text, ...placeholders(condition) };
}

/** DynamoDB refuses empty maps of names or values. */
function placeholders(expression: Pick<Expression, 'names' | 'values'>): {
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: AttributeMap;
} {
  const { names = {}, values = {} } = expression;
  return {
    ...(Object.keys(names).length === 0 ? {} : { ExpressionAttributeNames: { ...names } }),
    ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: toItem(values) }),
  };
}

function writeInfo(operation: string, table: string, options: WriteOptions): CallInfo {
  return { operation, about: table, mutating: true, repeatable: false, ...options };
}
