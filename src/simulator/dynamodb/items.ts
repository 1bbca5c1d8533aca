/** PutItem, GetItem, UpdateItem and DeleteItem. */
import type {
  DeleteItemCommandInput,
  GetItemCommandInput,
  PutItemCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Call, Operation } from '../kernel.ts';
import { readUnits, withCapacity, writeUnits } from './capacity.ts';
import { Constraints, capacityLevels, failureValues, metricLevels } from './constraints.ts';
import { enveloped, validation } from './errors.ts';
import { project } from './expressions/path-tree.ts';
import { readExpressions } from './expressions/request.ts';
import { readKey } from './key-schema.ts';
import { refuseLegacy } from './legacy.ts';
import { answerMs, operation } from './operation.ts';
import { type Registry, tableNameComplaint } from './registry.ts';
import { itemResource } from './resources.ts';
import { admitWrite, takeRead } from './throttling.ts';
import type { Demand } from './throughput.ts';
import { type Item, itemSize } from './values.ts';
import { readItem, type WireItem, writeItem } from './wire-values.ts';
import {
  type BoundWrite,
  bindWrite,
  commitWrite,
  evaluateWrite,
  prepareWrite,
  refuseEmptyKeys,
  type WriteEffect,
  type WriteKind,
} from './writes.ts';

type SingleWrite = PutItemCommandInput | UpdateItemCommandInput | DeleteItemCommandInput;

const returnValues = ['ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW'] as const;

/** What the three writes have in common. */
const writeMembers = [
  'TableName',
  'ConditionExpression',
  'ConditionalOperator',
  'Expected',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ReturnConsumedCapacity',
  'ReturnItemCollectionMetrics',
  'ReturnValues',
  'ReturnValuesOnConditionCheckFailure',
];

/** The operations on single items. */
export function itemOperations(registry: Registry): ReadonlyMap<string, Operation> {
  return new Map([
    [
      'PutItem',
      operation<PutItemCommandInput, object>({
        mutating: true,
        takes: ['Item', ...writeMembers],
        latencyMs: answerMs.item,
        buckets: (input, call) => admitWrite(registry, input.TableName, input.Item, call),
        run: (input, call) => writeOne(registry, 'put', input, input.Item, call),
        resources: (input, _output, call) => [itemResource(registry, input.TableName, input.Item, call)],
      }),
    ],
    [
      'UpdateItem',
      operation<UpdateItemCommandInput, object>({
        mutating: true,
        takes: ['Key', 'UpdateExpression', 'AttributeUpdates', ...writeMembers],
        latencyMs: answerMs.item,
        buckets: (input, call) => admitWrite(registry, input.TableName, input.Key, call),
        run: (input, call) => writeOne(registry, 'update', input, input.Key, call),
        resources: (input, _output, call) => [itemResource(registry, input.TableName, input.Key, call)],
      }),
    ],
    [
      'DeleteItem',
      operation<DeleteItemCommandInput, object>({
        mutating: true,
        takes: ['Key', ...writeMembers],
        latencyMs: answerMs.item,
        buckets: (input, call) => admitWrite(registry, input.TableName, input.Key, call),
        run: (input, call) => writeOne(registry, 'delete', input, input.Key, call),
        resources: (input, _output, call) => [itemResource(registry, input.TableName, input.Key, call)],
      }),
    ],
    [
      'GetItem',
      operation<GetItemCommandInput, object>({
        mutating: false,
        takes: [
          'TableName',
          'Key',
          'AttributesToGet',
          'ConsistentRead',
          'ExpressionAttributeNames',
          'ProjectionExpression',
          'ReturnConsumedCapacity',
        ],
        latencyMs: answerMs.item,
        buckets: (input, call) => takeRead(registry, call, () => measureGet(registry, input, call)),
        run: (input, call) => getItem(registry, input, call),
        resources: (input, _output, call) => [itemResource(registry, input.TableName, input.Key, call)],
      }),
    ],
  ]);
}

function writeOne(
  registry: Registry,
  kind: WriteKind,
  input: SingleWrite,
  target: WireItem | undefined,
  call: Call,
): object {
  new Constraints()
    .oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, capacityLevels)
    .add(tableNameComplaint(input.TableName, 1))
    .oneOf('returnItemCollectionMetrics', input.ReturnItemCollectionMetrics, metricLevels)
    .oneOf('returnValues', input.ReturnValues, returnValues)
    .oneOf('returnValuesOnConditionCheckFailure', input.ReturnValuesOnConditionCheckFailure, failureValues)
    .required(kind === 'put' ? 'item' : 'key', target)
    .raise();
  const prepared = enveloped(() => {
    refuseLegacy(input);
    if (kind !== 'update' && ![undefined, 'NONE', 'ALL_OLD'].includes(input.ReturnValues)) {
      throw validation('ReturnValues can only be ALL_OLD or NONE');
    }
    return prepareWrite(kind, input, registry);
  });
  const table = registry.data(input.TableName, call);
  refuseEmptyKeys(prepared.given, table);
  const bound = bindWrite(prepared, table);
  registry.region(call).inFlight.refuseConflict(table, bound.key, call.now);
  const effect = evaluateCharged(registry, bound, call);
  commitWrite(bound, effect, call.now);
  const attributes = returned(bound, effect, input.ReturnValues);
  const units = unitsOf(effect);
  return {
    ...(attributes === undefined || attributes.size === 0 ? {} : { Attributes: writeItem(attributes) }),
    ...withCapacity(input.ReturnConsumedCapacity, table.identity.name, units),
  };
}

function unitsOf(effect: WriteEffect): number {
  return writeUnits(effect.before?.size ?? 0, effect.after === undefined ? 0 : itemSize(effect.after));
}

/** A write whose condition fails costs as much as the item that is there (developer guide, "Write operation consumption"). */
function evaluateCharged(registry: Registry, bound: BoundWrite, call: Call): WriteEffect {
  const { table, key } = bound;
  let units = writeUnits(table.items.get(key)?.size ?? 0, 0);
  try {
    const effect = evaluateWrite(bound);
    units = unitsOf(effect);
    return effect;
  } finally {
    registry.throughput.charge(call, { table, partition: key.partitionText, units }, 'write');
  }
}

function returned(bound: BoundWrite, effect: WriteEffect, wanted: string | undefined): Item | undefined {
  const before = effect.before?.attributes;
  const paths = (bound.prepared.expressions.update ?? []).map((action) => action.path);
  switch (wanted) {
    case 'ALL_OLD':
      return before;
    case 'ALL_NEW':
      return effect.after;
    case 'UPDATED_OLD':
      return before === undefined ? undefined : project(before, paths);
    case 'UPDATED_NEW':
      return effect.after === undefined ? undefined : project(effect.after, paths);
    default:
      return undefined;
  }
}

function measureGet(registry: Registry, input: GetItemCommandInput, call: Call): readonly Demand[] {
  const table = registry.data(input.TableName, call);
  const key = readKey(table.identity.schema, readItem(input.Key ?? {}));
  const units = readUnits(table.items.get(key)?.size ?? 0, input.ConsistentRead === true);
  return [{ table, partition: key.partitionText, units }];
}

function getItem(registry: Registry, input: GetItemCommandInput, call: Call): object {
  new Constraints()
    .oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, capacityLevels)
    .add(tableNameComplaint(input.TableName, 1))
    .required('key', input.Key)
    .raise();
  refuseLegacy(input);
  const given = readItem(input.Key ?? {});
  const { projection } = readExpressions(input, registry.expressions);
  const table = registry.data(input.TableName, call);
  refuseEmptyKeys(given, table);
  const found = table.items.get(readKey(table.identity.schema, given));
  const units = readUnits(found?.size ?? 0, input.ConsistentRead === true);
  const capacity = withCapacity(input.ReturnConsumedCapacity, table.identity.name, units);
  if (found === undefined) return capacity;
  const shown = projection === undefined ? found.attributes : project(found.attributes, projection);
  return { Item: writeItem(shown), ...capacity };
}
