/** A table's primary key: reading keys out of requests and items, with AWS's checks. */
import { invalidParameter, validation } from './errors.ts';
import { bytesText, type Item, type Value } from './values.ts';

export interface KeyAttribute {
  readonly name: string;
  readonly type: 'S' | 'N' | 'B';
}

export interface KeySchema {
  readonly partition: KeyAttribute;
  readonly sort?: KeyAttribute;
}

/** A validated primary key. `text` is equal exactly when the keys are. */
export interface PrimaryKey {
  readonly partition: Value;
  readonly sort?: Value;
  readonly partitionText: string;
  readonly sortText: string;
}

/** The largest partition key and sort key, bytes. */
const partitionLimit = 2048;
const sortLimit = 1024;

/** A scalar key value as text, for maps and for the call log. */
export function keyText(value: Value): string {
  if (value.kind === 'S' || value.kind === 'N') return value.text;
  return value.kind === 'B' ? bytesText(value.bytes) : '';
}

/** The key's attributes as an item. */
export function keyItem(schema: KeySchema, key: PrimaryKey): Item {
  const item = new Map([[schema.partition.name, key.partition]]);
  if (schema.sort !== undefined && key.sort !== undefined) item.set(schema.sort.name, key.sort);
  return item;
}

/** The names of the key attributes, partition key first. */
export function keyNames(schema: KeySchema): readonly string[] {
  return schema.sort === undefined ? [schema.partition.name] : [schema.partition.name, schema.sort.name];
}

/** Reads a `Key` parameter. Throws `ValidationException` when it is not exactly the table's key. */
export function readKey(schema: KeySchema, given: Item): PrimaryKey {
  const names = keyNames(schema);
  if (given.size !== names.length || names.some((name) => !given.has(name))) throw keyMismatch();
  return keyOf(schema, given, () => keyMismatch());
}

/** Takes the key out of a whole item. Throws `ValidationException` naming the key attribute that is missing or of a wrong type. */
export function itemKey(schema: KeySchema, item: Item): PrimaryKey {
  return keyOf(schema, item, (attribute, value) =>
    value === undefined
      ? invalidParameter(`Missing the key ${attribute.name} in the item`)
      : invalidParameter(`Type mismatch for key ${attribute.name} expected: ${attribute.type} actual: ${value.kind}`),
  );
}

/** The complaint about a key that is not the table's. */
export function keyMismatch(): Error {
  return validation('The provided key element does not match the schema');
}

type Mismatch = (attribute: KeyAttribute, value: Value | undefined) => Error;

function keyOf(schema: KeySchema, item: Item, mismatch: Mismatch): PrimaryKey {
  const partition = keyValue(schema.partition, item, mismatch);
  const sort = schema.sort === undefined ? undefined : keyValue(schema.sort, item, mismatch);
  if (bytesOf(partition) > partitionLimit) {
    // AWS's own text lacks the space.
    throw invalidParameter(`Size of hashkey has exceeded the maximum size limit of${partitionLimit} bytes`);
  }
  if (sort === undefined) return { partition, partitionText: keyText(partition), sortText: '' };
  if (bytesOf(sort) > sortLimit) {
    throw invalidParameter(`Aggregated size of all range keys has exceeded the size limit of ${sortLimit} bytes`);
  }
  return { partition, sort, partitionText: keyText(partition), sortText: keyText(sort) };
}

function keyValue(attribute: KeyAttribute, item: Item, mismatch: Mismatch): Value {
  const value = item.get(attribute.name);
  if (value?.kind !== attribute.type) throw mismatch(attribute, value);
  refuseEmptyKey(attribute.name, value);
  return value;
}

/** Key values of type S and B must not be empty. */
export function refuseEmptyKey(name: string, value: Value | undefined): void {
  const empty =
    value?.kind === 'S' && value.text === ''
      ? 'string'
      : value?.kind === 'B' && value.bytes.byteLength === 0
        ? 'binary'
        : undefined;
  if (empty === undefined) return;
  throw validation(
    `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${empty} value. Key: ${name}`,
  );
}

function bytesOf(value: Value): number {
  if (value.kind === 'S') return Buffer.byteLength(value.text);
  return value.kind === 'B' ? value.bytes.byteLength : 0;
}
