/** One write of one item, in the steps that PutItem, UpdateItem, DeleteItem, batches and transactions share. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../kernel.ts';
import { invalidParameter, validation } from './errors.ts';
import { applyUpdate } from './expressions/apply-update.ts';
import { meets } from './expressions/evaluate.ts';
import { type ExpressionInput, type Expressions, readExpressions } from './expressions/request.ts';
import type { StoredItem } from './item-store.ts';
import { itemKey, keyItem, keyNames, type PrimaryKey, readKey, refuseEmptyKey } from './key-schema.ts';
import type { Registry } from './registry.ts';
import type { Table } from './table.ts';
import { type Item, itemSize } from './values.ts';
import { checkNesting, readItem, writeItem } from './wire-values.ts';

/** 400 KB, attribute names included. */
const itemLimit = 409_600;

export type WriteKind = 'put' | 'update' | 'delete' | 'check';

export interface WriteInput extends ExpressionInput {
  readonly TableName?: string | undefined;
  readonly Item?: Record<string, AttributeValue> | undefined;
  readonly Key?: Record<string, AttributeValue> | undefined;
  readonly ReturnValuesOnConditionCheckFailure?: string | undefined;
}

/** A write after all checks that need no table. */
export interface PreparedWrite {
  readonly kind: WriteKind;
  readonly tableName: string | undefined;
  /** The whole item of a put, the key of everything else. */
  readonly given: Item;
  readonly expressions: Expressions;
  readonly showItemOnFailure: boolean;
}

/** A write whose table and key are known. */
export interface BoundWrite {
  readonly prepared: PreparedWrite;
  readonly table: Table;
  readonly key: PrimaryKey;
}

/** What a write would do. */
export interface WriteEffect {
  readonly before: StoredItem | undefined;
  readonly after: Item | undefined;
}

/** The checks of a write that need no table. Throws `ValidationException`. */
export function prepareWrite(kind: WriteKind, input: WriteInput, registry: Registry): PreparedWrite {
  const given = readItem((kind === 'put' ? input.Item : input.Key) ?? {});
  const expressions = readExpressions(input, registry.expressions);
  if (kind === 'put' && itemSize(given) > itemLimit) {
    throw validation('Item size has exceeded the maximum allowed size');
  }
  return {
    kind,
    tableName: input.TableName,
    given,
    expressions,
    showItemOnFailure: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
  };
}

/** Empty key values are refused before anything else that concerns the table. Throws `ValidationException`. */
export function refuseEmptyKeys(given: Item, table: Table): void {
  for (const name of keyNames(table.identity.schema)) refuseEmptyKey(name, given.get(name));
}

/** Finds the write's key. Throws `ValidationException` where key and table do not fit, and for updates of key attributes. */
export function bindWrite(prepared: PreparedWrite, table: Table): BoundWrite {
  const { schema } = table.identity;
  const key = prepared.kind === 'put' ? itemKey(schema, prepared.given) : readKey(schema, prepared.given);
  const names = keyNames(schema);
  for (const action of prepared.expressions.update ?? []) {
    if (!names.includes(action.path[0])) continue;
    throw invalidParameter(`Cannot update attribute ${action.path[0]}. This attribute is part of the key`);
  }
  return { prepared, table, key };
}

/** Decides what the write does to the item that is there. Throws `ConditionalCheckFailedException` or `ValidationException`; changes nothing. */
export function evaluateWrite({ prepared, table, key }: BoundWrite): WriteEffect {
  const before = table.items.get(key);
  const { condition, values } = prepared.expressions;
  if (condition !== undefined && !meets(condition, before?.attributes ?? new Map(), values)) {
    throw conditionFailed(prepared.showItemOnFailure ? before?.attributes : undefined);
  }
  switch (prepared.kind) {
    case 'put':
      return { before, after: prepared.given };
    case 'delete':
      return { before, after: undefined };
    case 'check':
      return { before, after: before?.attributes };
    case 'update':
      return { before, after: updated({ prepared, table, key }, before) };
  }
}

function updated({ prepared, table, key }: BoundWrite, before: StoredItem | undefined): Item {
  const { update, values } = prepared.expressions;
  const base = before?.attributes ?? keyItem(table.identity.schema, key);
  const after = update === undefined ? base : applyUpdate(update, base, values);
  if (itemSize(after) > itemLimit) {
    throw validation('Item size to update has exceeded the maximum allowed size');
  }
  checkNesting(after.values());
  return after;
}

/** Carries out what `evaluateWrite` decided. */
export function commitWrite(bound: BoundWrite, effect: WriteEffect, now: number): void {
  if (bound.prepared.kind === 'check') return;
  bound.table.write(bound.key, effect.before, effect.after, now);
}

function conditionFailed(item: Item | undefined): AwsError {
  return new AwsError(
    'ConditionalCheckFailedException',
    'The conditional request failed',
    item === undefined ? {} : { fields: { Item: writeItem(item) } },
  );
}
