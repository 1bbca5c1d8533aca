/** TransactWriteItems and TransactGetItems. */
import { createHash } from 'node:crypto';
import type {
  CancellationReason,
  TransactGetItemsCommandInput,
  TransactWriteItem,
  TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { AwsError, type BucketDraw, type Call, type Operation } from '../kernel.ts';
import { CapacityTally, readUnits, writeUnits } from './capacity.ts';
import { Constraints, capacityLevels, failureValues, metricLevels } from './constraints.ts';
import { validation } from './errors.ts';
import { project } from './expressions/path-tree.ts';
import { readExpressions } from './expressions/request.ts';
import { conflictMessage } from './in-flight.ts';
import { readKey } from './key-schema.ts';
import { answerMs, operation } from './operation.ts';
import { type Registry, requiredTableName, type TransactionToken } from './registry.ts';
import { itemResource } from './resources.ts';
import { throttledWith } from './throttling.ts';
import { throttlingReason } from './throughput.ts';
import { bytesText, itemSize } from './values.ts';
import { readItem, type WireItem, writeItem } from './wire-values.ts';
import {
  type BoundWrite,
  bindWrite,
  commitWrite,
  evaluateWrite,
  type PreparedWrite,
  prepareWrite,
  refuseEmptyKeys,
  type WriteEffect,
  type WriteInput,
  type WriteKind,
} from './writes.ts';

const actionLimit = 100;
const totalBytes = 4 * 1_048_576;
const tokenLifeMs = 10 * 60_000;
const conflict: CancellationReason = { Code: 'TransactionConflict', Message: conflictMessage };

/** The transaction operations. */
export function transactionOperations(registry: Registry): ReadonlyMap<string, Operation> {
  return new Map([
    [
      'TransactWriteItems',
      operation<TransactWriteItemsCommandInput, object>({
        mutating: true,
        takes: ['TransactItems', 'ClientRequestToken', 'ReturnConsumedCapacity', 'ReturnItemCollectionMetrics'],
        latencyMs: answerMs.transaction,
        buckets: (input, call) => admit(registry, (input.TransactItems ?? []).map(targetOf), 'write', call),
        run: (input, call) => transactWrite(registry, input, call),
        resources: (input, _output, call) =>
          (input.TransactItems ?? []).map((item) => {
            const { tableName, attributes } = targetOf(item);
            return itemResource(registry, tableName, attributes, call);
          }),
      }),
    ],
    [
      'TransactGetItems',
      operation<TransactGetItemsCommandInput, object>({
        mutating: false,
        takes: ['TransactItems', 'ReturnConsumedCapacity'],
        latencyMs: answerMs.transaction,
        buckets: (input, call) => {
          const targets = (input.TransactItems ?? []).map(({ Get: get }) => {
            return { tableName: get?.TableName, attributes: get?.Key };
          });
          return admit(registry, targets, 'read', call);
        },
        run: (input, call) => transactGet(registry, input, call),
        resources: (input, _output, call) =>
          (input.TransactItems ?? []).map(({ Get: get }) => itemResource(registry, get?.TableName, get?.Key, call)),
      }),
    ],
  ]);
}

interface Target {
  readonly tableName: string | undefined;
  readonly attributes: WireItem | undefined;
}

function targetOf(item: TransactWriteItem): Target {
  const action = item.Put ?? item.Update ?? item.Delete ?? item.ConditionCheck;
  const attributes = item.Put?.Item ?? item.Update?.Key ?? item.Delete?.Key ?? item.ConditionCheck?.Key;
  return { tableName: action?.TableName, attributes };
}

/** Lets a transaction pass where the world throttles, or cancels it with a reason for each part that finds nothing left. */
function admit(
  registry: Registry,
  targets: readonly Target[],
  kind: 'read' | 'write',
  call: Call,
): readonly BucketDraw[] {
  registry.throughput.meter(call);
  const reasons = targets.map(({ tableName, attributes }): CancellationReason => {
    const throttled = throttledWith(registry, { tableName, attributes, kind }, call);
    return throttled === undefined ? { Code: 'None' } : throttlingReason(throttled);
  });
  if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
  return [];
}

function checkItems(items: readonly unknown[] | undefined): Constraints {
  const shown = items?.length === 0 ? '[]' : '[...]';
  return new Constraints().required('transactItems', items).length('transactItems', items, [1, actionLimit], shown);
}

function transactWrite(registry: Registry, input: TransactWriteItemsCommandInput, call: Call): object {
  const token = input.ClientRequestToken;
  checkItems(input.TransactItems)
    .length('clientRequestToken', token, [1, 36], token ?? '')
    .oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, capacityLevels)
    .oneOf('returnItemCollectionMetrics', input.ReturnItemCollectionMetrics, metricLevels)
    .raise();
  const prepared = (input.TransactItems ?? []).map((item, index) => prepareAction(registry, item, index));
  const fingerprint = token === undefined ? '' : fingerprintOf(input.TransactItems);
  const bound = bindAll(registry, prepared, call);
  refuseDuplicates(bound);
  const capacity = new CapacityTally();
  const { tokens, inFlight } = registry.region(call);
  if (token !== undefined && isRepeat(tokens, call, token, fingerprint)) {
    for (const { table, key } of bound) {
      capacity.add(table.identity.name, 2 * readUnits(table.items.get(key)?.size ?? 0, true));
    }
    return capacity.answer(input.ReturnConsumedCapacity, 'read');
  }
  const effects = evaluateAll(registry, bound, call);
  const doneAt = call.now + registry.overlapMs;
  if (doneAt > call.now) inFlight.begin(bound, doneAt, call.now);
  for (const [index, write] of bound.entries()) {
    const effect = effects[index];
    if (effect === undefined) continue;
    commitWrite(write, effect, call.now);
    const after = effect.after === undefined ? 0 : itemSize(effect.after);
    const units = 2 * writeUnits(effect.before?.size ?? 0, after);
    registry.throughput.charge(call, { table: write.table, partition: write.key.partitionText, units }, 'write');
    capacity.add(write.table.identity.name, units);
  }
  if (token !== undefined) tokens.set(token, { fingerprint, expiresAt: call.now + tokenLifeMs, doneAt });
  return capacity.answer(input.ReturnConsumedCapacity, 'write');
}

function prepareAction(registry: Registry, item: TransactWriteItem, index: number): PreparedWrite {
  const actions: readonly (readonly [WriteKind, WriteInput | undefined])[] = [
    ['check', item.ConditionCheck],
    ['put', item.Put],
    ['delete', item.Delete],
    ['update', item.Update],
  ];
  const given = actions.filter(([, action]) => action !== undefined);
  const [kind, action] = given[0] ?? [];
  if (given.length !== 1 || kind === undefined || action === undefined) {
    throw validation('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  requiredTableName(action.TableName);
  const member = `transactItems.${index + 1}.member.${kind === 'check' ? 'conditionCheck' : kind}`;
  const constraints = new Constraints()
    .required(`${member}.${kind === 'put' ? 'item' : 'key'}`, kind === 'put' ? action.Item : action.Key)
    .oneOf(`${member}.returnValuesOnConditionCheckFailure`, action.ReturnValuesOnConditionCheckFailure, failureValues);
  if (kind === 'update') constraints.required(`${member}.updateExpression`, action.UpdateExpression);
  if (kind === 'check') constraints.required(`${member}.conditionExpression`, action.ConditionExpression);
  constraints.raise();
  return prepareWrite(kind, action, registry);
}

/** Empty keys fail the request; the first key that does not fit its table cancels the transaction. */
function bindAll(registry: Registry, prepared: readonly PreparedWrite[], call: Call): readonly BoundWrite[] {
  const tables = prepared.map((write) => {
    const table = registry.data(write.tableName, call);
    refuseEmptyKeys(write.given, table);
    return table;
  });
  return prepared.map((write, index) => {
    const table = tables[index];
    if (table === undefined) throw new Error(`no table was looked up for action ${index}`);
    return orCancel(() => bindWrite(write, table), index, prepared.length);
  });
}

/** Runs one step of one action; a `ValidationException` there cancels the transaction with this action as the only reason. */
function orCancel<T>(step: () => T, index: number, count: number): T {
  try {
    return step();
  } catch (error) {
    const reason = reasonOf(error);
    throw cancelled(Array.from({ length: count }, (_, other) => (other === index ? reason : { Code: 'None' })));
  }
}

/** The cancellation reason for what an action threw; anything but a refusal is thrown on. */
function reasonOf(error: unknown): CancellationReason {
  if (!(error instanceof AwsError)) throw error;
  if (error.code === 'ValidationException') return { Code: 'ValidationError', Message: error.message };
  if (error.code !== 'ConditionalCheckFailedException') throw error;
  return { Code: 'ConditionalCheckFailed', Message: error.message, ...error.details.fields };
}

function cancelled(reasons: readonly CancellationReason[]): AwsError {
  const codes = reasons.map((reason) => reason.Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { fields: { CancellationReasons: reasons } },
  );
}

function refuseDuplicates(writes: readonly Pick<BoundWrite, 'table' | 'key'>[]): void {
  const seen = new Set<string>();
  for (const { table, key } of writes) {
    const text = JSON.stringify([table.identity.name, key.partitionText, key.sortText]);
    if (seen.has(text)) {
      throw validation('Transaction request cannot include multiple operations on one item');
    }
    seen.add(text);
  }
}

/** What every action would do, or the cancellation with the reasons of all that cannot. */
function evaluateAll(registry: Registry, bound: readonly BoundWrite[], call: Call): readonly WriteEffect[] {
  const { inFlight } = registry.region(call);
  const effects: WriteEffect[] = [];
  const reasons: CancellationReason[] = [];
  let bytes = 0;
  for (const write of bound) {
    if (inFlight.holds(write.table, write.key, call.now)) {
      reasons.push(conflict);
      continue;
    }
    try {
      const effect = evaluateWrite(write);
      bytes += Math.max(effect.before?.size ?? 0, effect.after === undefined ? 0 : itemSize(effect.after));
      effects.push(effect);
      reasons.push({ Code: 'None' });
    } catch (error) {
      reasons.push(reasonOf(error));
    }
  }
  if (effects.length < bound.length) throw cancelled(reasons);
  refuseTooLarge(bytes);
  return effects;
}

function refuseTooLarge(bytes: number): void {
  if (bytes <= totalBytes) return;
  throw validation('The total size of the items in the transaction has exceeded the limit of 4 MB');
}

/**
 * Whether this token's transaction was already carried out. Throws `IdempotentParameterMismatchException` when it was another one, and
 * `TransactionInProgressException` while it is still going on.
 */
function isRepeat(tokens: Map<string, TransactionToken>, call: Call, token: string, fingerprint: string): boolean {
  // Tokens lie in the order of their expiry.
  for (const [known, { expiresAt }] of tokens) {
    if (expiresAt > call.now) break;
    tokens.delete(known);
  }
  const earlier = tokens.get(token);
  if (earlier === undefined) return false;
  if (earlier.fingerprint !== fingerprint) {
    throw new AwsError(
      'IdempotentParameterMismatchException',
      'The provided ClientRequestToken was already used with different parameters: use another one for another request',
    );
  }
  if (earlier.doneAt <= call.now) return true;
  throw new AwsError(
    'TransactionInProgressException',
    'The transaction with the given request token is already in progress.',
  );
}

function fingerprintOf(items: unknown): string {
  const text = JSON.stringify(items, (_key, value: unknown) => {
    if (value instanceof Uint8Array) return bytesText(value);
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
    const entries: [string, unknown][] = Object.entries(value);
    return entries.sort(([a], [b]) => (a < b ? -1 : 1));
  });
  return createHash('sha256').update(text).digest('base64');
}

function transactGet(registry: Registry, input: TransactGetItemsCommandInput, call: Call): object {
  checkItems(input.TransactItems).oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, capacityLevels).raise();
  const gets = (input.TransactItems ?? []).map(({ Get: get }, index) => {
    new Constraints()
      .required(`transactItems.${index + 1}.member.get`, get)
      .required(`transactItems.${index + 1}.member.get.key`, get?.Key)
      .raise();
    const given = readItem(get?.Key ?? {});
    const { projection } = readExpressions(get ?? {}, registry.expressions);
    return { tableName: get?.TableName, given, projection };
  });
  const tables = gets.map(({ tableName, given }) => {
    const table = registry.data(tableName, call);
    refuseEmptyKeys(given, table);
    return table;
  });
  const bound = tables.map((table, index) => {
    const given = gets[index]?.given ?? new Map();
    const key = orCancel(() => readKey(table.identity.schema, given), index, gets.length);
    return { table, key };
  });
  refuseDuplicates(bound);
  const { inFlight } = registry.region(call);
  const reasons = bound.map(({ table, key }) => (inFlight.holds(table, key, call.now) ? conflict : { Code: 'None' }));
  if (reasons.includes(conflict)) throw cancelled(reasons);
  refuseTooLarge(bound.reduce((sum, { table, key }) => sum + (table.items.get(key)?.size ?? 0), 0));
  const capacity = new CapacityTally();
  const responses = bound.map(({ table, key }, index) => {
    const item = table.items.get(key);
    const projection = gets[index]?.projection;
    const units = 2 * readUnits(item?.size ?? 0, true);
    registry.throughput.charge(call, { table, partition: key.partitionText, units }, 'read');
    capacity.add(table.identity.name, units);
    if (item === undefined) return {};
    return { Item: writeItem(projection === undefined ? item.attributes : project(item.attributes, projection)) };
  });
  return { Responses: responses, ...capacity.answer(input.ReturnConsumedCapacity, 'read') };
}
