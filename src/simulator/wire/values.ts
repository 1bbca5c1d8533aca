/** Steps over typed values that every protocol shares. */
import { malformed, WireFault } from './faults.ts';
import type { ScalarShape, Shape, StructShape, TimestampFormat } from './shape.ts';

/** A structure or map while it is built. */
export type Fields = Record<string, unknown>;

/** Deeper nesting than any of AWS's own shapes can have is refused before it exhausts the stack. */
export const deepest = 200;

/** Sets a key that a caller chose: `__proto__` is a name like any other. */
export function setKey(target: Fields, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else target[key] = value;
}

/** Whether a value is an object with string keys. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Base64 as bytes. Throws `WireFault` for anything that is not base64. */
export function bytesOf(text: string, path: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw malformed(path, text, 'base64');
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** Bytes, or text, as base64. */
export function base64Of(value: unknown): string {
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  return Buffer.from(String(value), 'utf8').toString('base64');
}

/** A scalar from its text in a form or an XML document. Throws `WireFault` when the text is not of the type. */
export function scalarOf(shape: ScalarShape, text: string, path: string): unknown {
  switch (shape.kind) {
    case 'string':
    case 'document':
      return text;
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      throw malformed(path, text, 'true or false');
    case 'number': {
      const number = Number(text);
      if (text.trim() === '' || Number.isNaN(number)) throw malformed(path, text, 'a number');
      return number;
    }
    case 'bigint':
      if (!/^-?\d+$/.test(text)) throw malformed(path, text, 'a whole number');
      return BigInt(text);
    case 'timestamp':
      return dateOf(text, path);
    case 'blob':
      return bytesOf(text, path);
  }
}

/** A moment from its text (ISO 8601, an HTTP date, or seconds since the epoch). Throws `WireFault`. */
export function dateOf(text: string | number, path: string): Date {
  const date = typeof text === 'number' ? new Date(text * 1000) : new Date(text);
  if (Number.isNaN(date.getTime())) throw malformed(path, text, 'a timestamp');
  return date;
}

/** A scalar as text for a form, an XML document or a header. */
export function scalarText(shape: ScalarShape, value: unknown, fallback: TimestampFormat): string {
  if (value instanceof Date) return dateText(value, shape.format ?? fallback);
  if (shape.kind === 'blob') return base64Of(value);
  return String(value);
}

function dateText(date: Date, format: TimestampFormat): string {
  switch (format) {
    case 'date-time':
      return date.toISOString();
    case 'http-date':
      return date.toUTCString();
    case 'epoch-seconds':
      return String(date.getTime() / 1000);
  }
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** Throws `WireFault` (`missing`) for the first required member that an input lacks, at any depth. */
export function requireMembers(shape: StructShape, value: Fields, path = ''): void {
  for (let i = 0; i < shape.required; i++) {
    const name = shape.members[i]?.name ?? '';
    if (value[name] !== undefined) continue;
    const at = path + lowerFirst(name);
    throw new WireFault('missing', at, `${at} is required`);
  }
  for (const name in value) {
    const found = value[name];
    if (typeof found !== 'object') continue;
    const member = shape.byName.get(name);
    if (member !== undefined) requireWithin(member.shape, found, path, name);
  }
}

function requireWithin(shape: Shape, value: unknown, path: string, name: string): void {
  if (shape.kind === 'struct') {
    if (isFields(value)) requireMembers(shape, value, `${path}${lowerFirst(name)}.`);
  } else if (shape.kind === 'list') {
    const element = shape.element.shape;
    if (element.kind !== 'struct' && element.kind !== 'list') return;
    if (!Array.isArray(value)) return;
    for (let i = 0; i < value.length; i++) requireWithin(element, value[i], path, `${name}.${i + 1}.member`);
  } else if (shape.kind === 'map' && shape.value.shape.kind === 'struct' && isFields(value)) {
    for (const key of Object.keys(value))
      requireWithin(shape.value.shape, value[key], `${path}${lowerFirst(name)}.`, key);
  }
}
