/** BatchGetItem and BatchWriteItem. */
import type {
  BatchGetItemCommandInput,
  BatchWriteItemCommandInput,
  KeysAndAttributes,
  WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { CapacityTally, readUnits, writeUnits } from './capacity.ts';
import { Constraints, capacityLevels, metricLevels } from './constraints.ts';
import { validation } from './errors.ts';
import { project } from './expressions/path-tree.ts';
import { readExpressions } from './expressions/request.ts';
import { hashKey } from './item-store.ts';
import { itemKey, keyMismatch, readKey } from './key-schema.ts';
import { refuseLegacy } from './legacy.ts';
import { answerMs, operation } from './operation.ts';
import type { Registry } from './registry.ts';
import { itemResource } from './resources.ts';
import type { Table } from './table.ts';
import { isLeftOut, partitionOf, reached, takeBatch } from './throttling.ts';
import type { Demand } from './throughput.ts';
import { itemSize } from './values.ts';
import { readItem, type WireItem, writeItem } from './wire-values.ts';
import { type BoundWrite, bindWrite, commitWrite, evaluateWrite, prepareWrite, refuseEmptyKeys } from './writes.ts';

const getLimit = 100;
const writeLimit = 25;
const answerBytes = 16 * 1_048_576;
/** What one batch reads from one partition (API reference, BatchGetItem). Assumed: each partition key is a partition of its own. */
const partitionBytes = 1_048_576;

/** The batch operations. */
export function batchOperations(registry: Registry): ReadonlyMap<string, Operation> {
  return new Map([
    [
      'BatchGetItem',
      operation<BatchGetItemCommandInput, object>({
        mutating: false,
        // Members of the map's values cannot be named here; the service itself refuses the legacy AttributesToGet.
        takes: ['RequestItems', 'ReturnConsumedCapacity'],
        latencyMs: answerMs.item,
        buckets: (input, call) => takeBatch(registry, call, 'read', () => readDemands(registry, input, call)),
        run: (input, call) => batchGet(registry, input, call),
        resources: (input, _output, call) =>
          Object.entries(input.RequestItems ?? {}).flatMap(([name, { Keys: keys = [] }]) =>
            keys.map((key) => itemResource(registry, name, key, call)),
          ),
      }),
    ],
    [
      'BatchWriteItem',
      operation<BatchWriteItemCommandInput, object>({
        mutating: true,
        takes: ['RequestItems', 'ReturnConsumedCapacity', 'ReturnItemCollectionMetrics'],
        latencyMs: answerMs.item,
        buckets: (input, call) => takeBatch(registry, call, 'write', () => writeDemands(registry, input, call)),
        run: (input, call) => batchWrite(registry, input, call),
        resources: (input, _output, call) =>
          Object.entries(input.RequestItems ?? {}).flatMap(([name, requests]) =>
            requests.map((it) => itemResource(registry, name, it.PutRequest?.Item ?? it.DeleteRequest?.Key, call)),
          ),
      }),
    ],
  ]);
}

interface Wanted {
  readonly table: Table;
  readonly tableName: string;
  readonly wire: WireItem;
  readonly key: ReturnType<typeof readKey>;
  /** Its place among the table's keys as they were asked for. */
  readonly position: number;
}

function batchGet(registry: Registry, input: BatchGetItemCommandInput, call: Call): object {
  const requests = Object.entries(input.RequestItems ?? {});
  new Constraints()
    .required('requestItems', input.RequestItems)
    .length('requestItems', requests, [1, 100], '{}')
    .oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, capacityLevels)
    .raise();
  const total = requests.reduce((sum, [, { Keys: keys = [] }]) => sum + keys.length, 0);
  if (total > getLimit) throw validation('Too many items requested for the BatchGetItem call');
  const capacity = new CapacityTally();
  const responses: Record<string, WireItem[]> = {};
  const unprocessed: Record<string, KeysAndAttributes> = {};
  const room: Room = { bytes: answerBytes, partitions: new Map(), parts: 0 };
  for (const [name, request] of requests) {
    refuseLegacy(request);
    const { found, left } = getFromTable(registry, name, request, { call, room, capacity });
    responses[name] = found;
    if (left.length > 0) unprocessed[name] = { ...request, Keys: left };
  }
  return { Responses: responses, UnprocessedKeys: unprocessed, ...capacity.answer(input.ReturnConsumedCapacity) };
}

interface Room {
  /** What is left of the answer's 16 MB; nothing once an item did not fit. */
  bytes: number;
  /** What is left of each partition's 1 MB. */
  readonly partitions: Map<string, number>;
  /** How many keys were looked at. */
  parts: number;
}

interface BatchContext {
  readonly call: Call;
  readonly room: Room;
  readonly capacity: CapacityTally;
}

function getFromTable(
  registry: Registry,
  name: string,
  request: KeysAndAttributes,
  context: BatchContext,
): { readonly found: WireItem[]; readonly left: WireItem[] } {
  const { room, capacity, call } = context;
  const { projection } = readExpressions(request, registry.expressions);
  const found: WireItem[] = [];
  const left: WireItem[] = [];
  const first = room.parts;
  room.parts += request.Keys?.length ?? 0;
  for (const { table, wire, key, position } of wantedKeys(registry, name, request, call)) {
    const item = table.items.get(key);
    const size = item?.size ?? 0;
    if (isLeftOut(call, first + position) || !takeRoom(room, `${name}/${key.partitionText}`, size)) {
      left.push(wire);
      continue;
    }
    capacity.add(table.identity.name, readUnits(size, request.ConsistentRead === true));
    if (item === undefined) continue;
    found.push(writeItem(projection === undefined ? item.attributes : project(item.attributes, projection)));
  }
  return { found, left };
}

/** Whether an item still fits into the answer. An item that is too large for what is left of the whole ends the answer; one always fits. */
function takeRoom(room: Room, partition: string, size: number): boolean {
  if (size > room.bytes || room.bytes === 0) {
    room.bytes = 0;
    return false;
  }
  const left = room.partitions.get(partition) ?? partitionBytes;
  if (size > left) return false;
  room.partitions.set(partition, left - size);
  room.bytes -= size;
  return true;
}

function readDemands(registry: Registry, input: BatchGetItemCommandInput, call: Call): readonly (Demand | undefined)[] {
  return Object.entries(input.RequestItems ?? {}).flatMap(([name, { Keys: keys = [], ConsistentRead: consistent }]) =>
    keys.map((wire) => {
      const table = reached(registry, name, call);
      if (table === undefined) return undefined;
      const key = readKey(table.identity.schema, readItem(wire));
      const units = readUnits(table.items.get(key)?.size ?? 0, consistent === true);
      return { table, partition: key.partitionText, units };
    }),
  );
}

function writeDemands(
  registry: Registry,
  input: BatchWriteItemCommandInput,
  call: Call,
): readonly (Demand | undefined)[] {
  return Object.entries(input.RequestItems ?? {}).flatMap(([name, requests]) =>
    requests.map(({ PutRequest: put, DeleteRequest: remove }) => {
      const wire = put?.Item ?? remove?.Key;
      const table = reached(registry, name, call);
      const partition = table === undefined ? undefined : partitionOf(table.identity.schema, wire);
      if (table === undefined || partition === undefined) return undefined;
      const given = readItem(wire ?? {});
      const key = itemKey(table.identity.schema, given);
      const before = table.items.get(key)?.size ?? 0;
      return { table, partition, units: writeUnits(before, put === undefined ? 0 : itemSize(given)) };
    }),
  );
}

/** The keys of one table in the order in which its items come back: by their place in the key space, not as they were asked for. */
function wantedKeys(registry: Registry, tableName: string, request: KeysAndAttributes, call: Call): readonly Wanted[] {
  const table = registry.data(tableName, call);
  const seen = new Set<string>();
  const wanted = (request.Keys ?? []).map((wire, position): Wanted => {
    const given = readItem(wire);
    refuseEmptyKeys(given, table);
    const key = readKey(table.identity.schema, given);
    const text = JSON.stringify([key.partitionText, key.sortText]);
    if (seen.has(text)) throw validation('Provided list of item keys contains duplicates');
    seen.add(text);
    return { table, tableName, wire, key, position };
  });
  if (wanted.length === 0) {
    throw validation(
      `1 validation error detected: Value '[]' at 'requestItems.${tableName}.member.keys' failed to satisfy constraint: Member must have length greater than or equal to 1`,
    );
  }
  return wanted.sort((a, b) => hashKey(a.key.partitionText) - hashKey(b.key.partitionText));
}

function batchWrite(registry: Registry, input: BatchWriteItemCommandInput, call: Call): object {
  const requests = Object.entries(input.RequestItems ?? {});
  new Constraints()
    .required('requestItems', input.RequestItems)
    .length('requestItems', requests, [1, 25], '{}')
    .oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, capacityLevels)
    .oneOf('returnItemCollectionMetrics', input.ReturnItemCollectionMetrics, metricLevels)
    .raise();
  for (const [name, list] of requests) checkListLength(name, list);
  const all = requests.flatMap(([name, list]) => list.map((request) => [name, request] as const));
  if (all.length > writeLimit) throw validation('Too many items requested for the BatchWriteItem call');
  const prepared = all.map(([name, request]) => prepareRequest(registry, name, request));
  const seen = new Set<string>();
  const bound = prepared.map((write) => {
    const table = registry.data(write.tableName, call);
    refuseEmptyKeys(write.given, table);
    const found = bindOrMismatch(write, table);
    const text = JSON.stringify([table.identity.name, found.key.partitionText, found.key.sortText]);
    if (seen.has(text)) throw validation('Provided list of item keys contains duplicates');
    seen.add(text);
    return found;
  });
  const capacity = new CapacityTally();
  const unprocessed: Record<string, WriteRequest[]> = {};
  for (const [index, write] of bound.entries()) {
    const [name, request] = all[index] ?? [];
    if (name !== undefined && request !== undefined && isLeftOut(call, index)) {
      unprocessed[name] = [...(unprocessed[name] ?? []), request];
      continue;
    }
    const effect = evaluateWrite(write);
    commitWrite(write, effect, call.now);
    const after = effect.after === undefined ? 0 : itemSize(effect.after);
    capacity.add(write.table.identity.name, writeUnits(effect.before?.size ?? 0, after));
  }
  return { UnprocessedItems: unprocessed, ...capacity.answer(input.ReturnConsumedCapacity) };
}

function checkListLength(tableName: string, list: readonly WriteRequest[]): void {
  if (list.length >= 1 && list.length <= writeLimit) return;
  const shown = list.length === 0 ? '[]' : '[...]';
  throw validation(
    `1 validation error detected: Value '{${tableName}=${shown}}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]`,
  );
}

function prepareRequest(registry: Registry, tableName: string, request: WriteRequest): ReturnType<typeof prepareWrite> {
  const { PutRequest: put, DeleteRequest: remove } = request;
  if ((put === undefined) === (remove === undefined)) {
    throw validation(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  return put === undefined
    ? prepareWrite('delete', { TableName: tableName, Key: remove?.Key }, registry)
    : prepareWrite('put', { TableName: tableName, Item: put.Item }, registry);
}

/** In a batch, an item without its key is reported as a key that does not fit, unlike in PutItem. */
function bindOrMismatch(write: ReturnType<typeof prepareWrite>, table: Table): BoundWrite {
  try {
    return bindWrite(write, table);
  } catch (error) {
    if (error instanceof AwsError && /Missing the key|Type mismatch for key/.test(error.message)) throw keyMismatch();
    throw error;
  }
}
