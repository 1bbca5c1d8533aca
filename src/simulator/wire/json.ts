/** awsJson 1.0 and 1.1: typed values from and to JSON, by schema. Timestamps are seconds since the epoch, blobs base64. */
import { malformed, WireFault } from './faults.ts';
import type { ListShape, MapShape, ScalarShape, Shape, StructShape } from './shape.ts';
import type { Fields } from './values.ts';
import { base64Of, bytesOf, dateOf, deepest, isFields, setKey } from './values.ts';

/** Reads a JSON body. Members that the model does not know are ignored, as AWS does. Throws `WireFault`. */
export function readJson(shape: StructShape, body: string): Fields {
  let parsed: unknown;
  try {
    parsed = body === '' ? {} : JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) throw new WireFault('malformed', '', 'the body is not JSON');
    throw error;
  }
  return readStruct(shape, parsed, '', 0);
}

function readStruct(shape: StructShape, value: unknown, path: string, depth: number): Fields {
  if (!isFields(value)) throw malformed(path, value, 'a structure');
  if (depth > deepest) throw new WireFault('malformed', path, 'the body is nested too deeply');
  const fields: Fields = {};
  for (const name of Object.keys(value)) {
    const member = shape.byName.get(name);
    const found = value[name];
    if (member !== undefined && found !== null) fields[name] = read(member.shape, found, name, depth + 1);
  }
  return fields;
}

function read(shape: Shape, value: unknown, path: string, depth: number): unknown {
  switch (shape.kind) {
    case 'struct':
      return readStruct(shape, value, path, depth);
    case 'list':
      return readList(shape, value, path, depth);
    case 'map':
      return readMap(shape, value, path, depth);
    default:
      return readScalar(shape, value, path);
  }
}

function readList(shape: ListShape, value: unknown, path: string, depth: number): unknown[] {
  if (!Array.isArray(value)) throw malformed(path, value, 'a list');
  if (depth > deepest) throw new WireFault('malformed', path, 'the body is nested too deeply');
  const element = shape.element;
  return value.map((item: unknown) =>
    item === null && element.sparse ? null : read(element.shape, item, path, depth + 1),
  );
}

function readMap(shape: MapShape, value: unknown, path: string, depth: number): Fields {
  if (!isFields(value)) throw malformed(path, value, 'a map');
  if (depth > deepest) throw new WireFault('malformed', path, 'the body is nested too deeply');
  const fields: Fields = {};
  for (const key of Object.keys(value)) {
    const found = value[key];
    if (found !== null) setKey(fields, key, read(shape.value.shape, found, key, depth + 1));
  }
  return fields;
}

function readScalar(shape: ScalarShape, value: unknown, path: string): unknown {
  switch (shape.kind) {
    case 'string':
      if (typeof value === 'string') return value;
      throw malformed(path, value, 'a string');
    case 'boolean':
      if (typeof value === 'boolean') return value;
      throw malformed(path, value, 'a boolean');
    case 'number':
      return readNumber(value, path);
    case 'bigint':
      if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
      throw malformed(path, value, 'a whole number');
    case 'timestamp':
      if (typeof value === 'number' || typeof value === 'string') return dateOf(value, path);
      throw malformed(path, value, 'a timestamp');
    case 'blob':
      if (typeof value === 'string') return bytesOf(value, path);
      throw malformed(path, value, 'base64 text');
    case 'document':
      return value;
  }
}

function readNumber(value: unknown, path: string): number {
  if (typeof value === 'number') return value;
  // The spellings that JSON has no literal for.
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw malformed(path, value, 'a number');
}

/** A typed value as a JSON body. */
export function writeJson(shape: StructShape | undefined, value: object): string {
  return shape === undefined ? '{}' : JSON.stringify(writeStruct(shape, value as Fields));
}

/** A typed value as what JSON can say, for callers that add to it. */
export function writeStruct(shape: StructShape, value: Fields): Fields {
  const fields: Fields = {};
  for (const member of shape.members) {
    const found = value[member.name];
    if (found !== undefined && found !== null) fields[member.name] = write(member.shape, found);
  }
  return fields;
}

function write(shape: Shape, value: unknown): unknown {
  if (value === null) return null;
  switch (shape.kind) {
    case 'struct':
      return writeStruct(shape, value as Fields);
    case 'list':
      return Array.isArray(value) ? value.map((item) => write(shape.element.shape, item)) : value;
    case 'map': {
      const fields: Fields = {};
      for (const [key, found] of Object.entries(value as Fields)) setKey(fields, key, write(shape.value.shape, found));
      return fields;
    }
    case 'timestamp':
      return value instanceof Date ? writeDate(shape, value) : value;
    case 'blob':
      return base64Of(value);
    case 'bigint':
      return Number(value);
    case 'number':
      return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
    default:
      return value;
  }
}

function writeDate(shape: ScalarShape, date: Date): number | string {
  if (shape.format === 'date-time') return date.toISOString();
  if (shape.format === 'http-date') return date.toUTCString();
  return date.getTime() / 1000;
}
