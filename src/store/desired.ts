/** The desired table: what users want. The controller only reads it; the commands write it. */
import { CallError } from '../model/errors.ts';
import type { Item } from './attributes.ts';
import type { Dynamo } from './client.ts';
import { deleteItem, getItem, putItem, type ScanOptions, scanItems, updateItem } from './items.ts';

/**
 * A record as it stands in the table, not validated: any attribute may be there, of any type. Numbers that JavaScript cannot hold
 * exactly are `NumberValue`s, sets are `Set`s, binaries `Uint8Array`s, NULLs null.
 */
export type RawRecord = Item & { readonly kind: string; readonly name: string };

/** Reads and writes records. */
export interface DesiredTable {
  /**
   * All records, by a read to the end of the table: a consistent one, unless `consistent` is false. Throws `CallError` when any page fails: a part is never returned.
   */
  list(options?: ScanOptions): Promise<readonly RawRecord[]>;
  /** One record by a consistent read; undefined when there is none. */
  get(kind: string, name: string): Promise<RawRecord | undefined>;
  /** Writes a whole record. With `ifAbsent`, throws class `conflict` when one is there already. */
  put(record: { kind: string; name: string; spec: unknown }, options?: { ifAbsent?: boolean }): Promise<void>;
  /**
   * Sets one top-level field of a record's spec (`state`, `mode`), or takes it out where `value` is undefined, and leaves the rest as it is.
   * Throws class `not_found` when there is no such record and `invalid` when it has no spec to change. With `options`, only where the field still is what it was when it was read (undefined: absent); else
   * class `conflict`.
   */
  updateSpecField(kind: string, name: string, field: string, value: unknown, options?: { was: unknown }): Promise<void>;
  /** Removes a record; false when there was none. What runs because of it is not removed by that. */
  delete(kind: string, name: string): Promise<boolean>;
}

/** The desired table named `table`. */
export function createDesiredTable(dynamo: Dynamo, table: string): DesiredTable {
  const get = async (kind: string, name: string): Promise<RawRecord | undefined> => {
    const item = await getItem(dynamo, table, { kind, name });
    return item === undefined ? undefined : asRecord(item, table);
  };
  return {
    get,
    list: async (options = {}) => {
      const records: RawRecord[] = [];
      await scanItems(dynamo, { table, ...options }, (items) => {
        for (const item of items) records.push(asRecord(item, table));
      });
      return records;
    },
    put: async ({ kind, name, spec }, options = {}) => {
      const absent = { text: 'attribute_not_exists(#kind)', names: { '#kind': 'kind' } };
      const item = { kind, name, spec };
      await putItem(dynamo, { table, item, ...(options.ifAbsent === true ? { condition: absent } : {}) });
    },
    updateSpecField: async (kind, name, field, value, options) => {
      try {
        const change = fieldUpdate(table, { kind, name }, field, value);
        await updateItem(dynamo, options === undefined ? change : onlyIf(change, options.was), {
          repeatable: options === undefined,
        });
      } catch (error) {
        if (!(error instanceof CallError) || error.class !== 'conflict') throw error;
        if (options !== undefined && isMap((await get(kind, name))?.spec)) throw error;
        throw unchangeable(await get(kind, name), { table, kind, name, field, cause: error });
      }
    },
    delete: async (kind, name) => deleteItem(dynamo, { table, key: { kind, name } }, { repeatable: true }),
  };
}

function fieldUpdate(table: string, key: { kind: string; name: string }, field: string, value: unknown) {
  const names = { '#spec': 'spec', '#field': field };
  // DynamoDB refuses a path through a missing or non-map attribute with a ValidationException; the condition makes it a clear "no".
  const condition = 'attribute_type(#spec, :map)';
  return value === undefined
    ? { table, key, update: 'REMOVE #spec.#field', condition, names, values: { ':map': 'M' } }
    : { table, key, update: 'SET #spec.#field = :value', condition, names, values: { ':map': 'M', ':value': value } };
}

/** The field must still be what it was. */
function onlyIf<T extends { readonly condition: string; readonly values: object }>(change: T, was: unknown): T {
  if (was === undefined) return { ...change, condition: `${change.condition} AND attribute_not_exists(#spec.#field)` };
  const values = { ...change.values, ':was': was };
  return { ...change, condition: `${change.condition} AND #spec.#field = :was`, values };
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unchangeable(
  record: RawRecord | undefined,
  at: { table: string; kind: string; name: string; field: string; cause: CallError },
): CallError {
  const missing = record === undefined;
  const what = `${at.kind}/${at.name} in table ${at.table}`;
  const message = missing
    ? `there is no record ${what}: write it first (cellwright apply), then set spec.${at.field}`
    : `the record ${what} has no spec that is a map: spec.${at.field} cannot be set; write the whole record anew (cellwright apply)`;
  return new CallError({
    class: missing ? 'not_found' : 'invalid',
    service: 'dynamodb',
    operation: 'UpdateItem',
    code: at.cause.code,
    message,
    cause: at.cause,
  });
}

/** The table's key schema makes both strings; anything else means that this is another table. */
function asRecord(item: Item, table: string): RawRecord {
  const { kind, name } = item;
  if (typeof kind === 'string' && typeof name === 'string') return { ...item, kind, name };
  throw new CallError({
    class: 'invalid',
    service: 'dynamodb',
    operation: 'Scan',
    code: 'WrongTable',
    message: `table ${table} holds items without the string keys kind and name: is it the desired table?`,
  });
}
