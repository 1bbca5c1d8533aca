/** What requests are charged before they run, where the world throttles: the `buckets` of the data operations. They draw from no bucket of the kernel's. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { AwsError, type BucketDraw, type Call } from '../kernel.ts';
import { type KeySchema, keyText } from './key-schema.ts';
import type { Registry } from './registry.ts';
import type { Table } from './table.ts';
import type { Demand, UnitKind } from './throughput.ts';
import { readValue } from './wire-values.ts';

const none: readonly BucketDraw[] = [];

/** The partition that an item or a key belongs to; undefined when the request will be refused for it anyway. */
export function partitionOf(
  schema: KeySchema,
  attributes: Record<string, AttributeValue> | undefined,
): string | undefined {
  const value = attributes?.[schema.partition.name];
  if (value === undefined) return undefined;
  if (value.S !== undefined) return value.S;
  try {
    return keyText(readValue(value));
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

/** A table that data operations reach; undefined when the request will be refused for it anyway. */
export function reached(registry: Registry, tableName: string | undefined, call: Call): Table | undefined {
  const table = registry.find(tableName, call);
  return table === undefined || table.status === 'CREATING' || table.status === 'DELETING' ? undefined : table;
}

/** Lets a write of one item pass, or throws what it is throttled with. What it costs is charged when it is done. */
export function admitWrite(
  registry: Registry,
  tableName: string | undefined,
  attributes: Record<string, AttributeValue> | undefined,
  call: Call,
): readonly BucketDraw[] {
  registry.throughput.meter(call);
  const throttled = throttledWith(registry, { tableName, attributes, kind: 'write' }, call);
  if (throttled !== undefined) throw throttled;
  return none;
}

/** What a request for one item would be throttled with now. */
export function throttledWith(
  registry: Registry,
  wanted: {
    readonly tableName: string | undefined;
    readonly attributes: Record<string, AttributeValue> | undefined;
    readonly kind: UnitKind;
  },
  call: Call,
): AwsError | undefined {
  const table = reached(registry, wanted.tableName, call);
  const partition = table === undefined ? undefined : partitionOf(table.identity.schema, wanted.attributes);
  if (table === undefined || partition === undefined) return undefined;
  return registry.throughput.exhausted(table, partition, wanted.kind, call.now);
}

/** Charges a read for what it is about to read, or throws what it is throttled with. A request that will be refused costs nothing. */
export function takeRead(registry: Registry, call: Call, measure: () => readonly Demand[]): readonly BucketDraw[] {
  let demands: readonly Demand[];
  try {
    demands = measure();
  } catch (error) {
    if (error instanceof AwsError) return none;
    throw error;
  }
  registry.throughput.take(demands, 'read', call.now);
  return none;
}

/**
 * The parts of batches that throttling left out, by the call: which a copy of the world that repeats the call has to leave out as well. The call alone is
 * the key, so entries go when it does.
 */
const leftOut = new WeakMap<Call, ReadonlySet<number>>();

/**
 * Charges the parts of a batch one by one; what finds nothing left stays out. Throws what the batch is throttled with when all of it does
 * (API references, BatchGetItem and BatchWriteItem).
 */
export function takeBatch(
  registry: Registry,
  call: Call,
  kind: UnitKind,
  parts: () => readonly (Demand | undefined)[],
): readonly BucketDraw[] {
  let demands: readonly (Demand | undefined)[];
  try {
    demands = parts();
  } catch (error) {
    if (error instanceof AwsError) return none;
    throw error;
  }
  const out = new Set<number>();
  let throttled: AwsError | undefined;
  for (const [index, demand] of demands.entries()) {
    if (demand === undefined) continue;
    const refusal = registry.throughput.exhausted(demand.table, demand.partition, kind, call.now);
    if (refusal === undefined) registry.throughput.take([demand], kind, call.now);
    else out.add(index);
    throttled ??= refusal;
  }
  if (throttled !== undefined && out.size === demands.length) throw throttled;
  if (out.size > 0) leftOut.set(call, out);
  return none;
}

/** Whether throttling left out this part of the batch. */
export function isLeftOut(call: Call, part: number): boolean {
  return leftOut.get(call)?.has(part) === true;
}
