/**
 * DynamoDB's typed attributes to plain JavaScript values and back. Our own in place of `@aws-sdk/util-dynamodb`, because the desired table is
 * written by strangers: there, an attribute named `__proto__` becomes the prototype of the object that it stands in, or makes the
 * conversion throw and so takes every other record of the page down with it; and an integer beyond 2^53 throws too when it is
 * written with an exponent. Here every item converts, and what is odd about it is left for validation to name.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item, or any map inside it. */
export type Item = Record<string, unknown>;
/** An item as the SDK wants it. */
export type AttributeMap = Record<string, AttributeValue>;

/** A number of a DynamoDB item that no JavaScript number holds exactly. `value` is its decimal text. */
export class NumberValue {
  readonly value: string;
  constructor(value: string) {
    this.value = value;
  }
  toString(): string {
    return this.value;
  }
}

/** An item's attributes as plain values: maps become objects, sets `Set`s, binaries `Uint8Array`s, inexact numbers `NumberValue`s. Never throws. */
export function fromItem(item: Readonly<Record<string, AttributeValue | undefined>>): Item {
  const out: Item = {};
  for (const [key, value] of Object.entries(item)) setOwn(out, key, fromAttribute(value));
  return out;
}

/** A plain object as an item's attributes; members that are undefined are left out. Throws `TypeError` with the path of what DynamoDB cannot hold. */
export function toItem(item: object): AttributeMap {
  const out: AttributeMap = {};
  for (const [key, value] of Object.entries(item) as [string, unknown][]) {
    if (value !== undefined) setOwn(out, key, toAttribute(value, key));
  }
  return out;
}

/** One attribute as a plain value. A value that this SDK cannot read becomes null, which no record field accepts. */
export function fromAttribute(attribute: AttributeValue | undefined): unknown {
  if (attribute === undefined) return null;
  if (attribute.S !== undefined) return attribute.S;
  if (attribute.N !== undefined) return numberFrom(attribute.N);
  if (attribute.BOOL !== undefined) return attribute.BOOL;
  if (attribute.M !== undefined) return fromItem(attribute.M);
  if (attribute.L !== undefined) return attribute.L.map(fromAttribute);
  if (attribute.SS !== undefined) return new Set(attribute.SS);
  if (attribute.NS !== undefined) return new Set(attribute.NS.map(numberFrom));
  if (attribute.B !== undefined) return attribute.B;
  if (attribute.BS !== undefined) return new Set(attribute.BS);
  return null;
}

/** A plain value as an attribute; `path` names it in errors. Throws `TypeError` for what DynamoDB cannot hold (NaN, functions, empty sets). */
export function toAttribute(value: unknown, path = 'value'): AttributeValue {
  switch (typeof value) {
    case 'string':
      return { S: value };
    case 'boolean':
      return { BOOL: value };
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${path} is ${value}; DynamoDB holds finite numbers only`);
      return { N: String(value) };
    case 'bigint':
      return { N: String(value) };
    case 'object':
      return objectAttribute(value, path);
    default:
      throw new TypeError(`${path} is of type ${typeof value}, which DynamoDB cannot hold`);
  }
}

function objectAttribute(value: object | null, path: string): AttributeValue {
  if (value === null) return { NULL: true };
  if (value instanceof NumberValue) return { N: value.value };
  if (value instanceof Uint8Array) return { B: value };
  if (value instanceof Set) return setAttribute(value, path);
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    return { L: list.map((member, index) => toAttribute(member ?? null, `${path}[${index}]`)) };
  }
  const map: AttributeMap = {};
  for (const [key, member] of Object.entries(value) as [string, unknown][]) {
    if (member !== undefined) setOwn(map, key, toAttribute(member, `${path}.${key}`));
  }
  return { M: map };
}

function setAttribute(set: ReadonlySet<unknown>, path: string): AttributeValue {
  const members = [...set];
  if (members.length === 0) throw new TypeError(`${path} is an empty set, which DynamoDB cannot hold`);
  if (members.every((member) => typeof member === 'string')) return { SS: members };
  if (members.every((member) => member instanceof Uint8Array)) return { BS: members };
  const numbers = members.map((member) => toAttribute(member, path).N);
  if (numbers.every((text) => text !== undefined)) return { NS: numbers };
  throw new TypeError(`${path} is a set of mixed types, which DynamoDB cannot hold`);
}

/** A number where that is exact: no integer beyond 2^53, and all digits kept. */
function numberFrom(text: string): number | NumberValue {
  const number = Number(text);
  const exact = samePrecision(number, text) && (!Number.isInteger(number) || Number.isSafeInteger(number));
  return exact ? number : new NumberValue(text);
}

/** Whether the double's shortest text has all the significant digits of `text`. */
function samePrecision(number: number, text: string): boolean {
  return significant(String(number)) === significant(text);
}

function significant(text: string): string {
  const [mantissa = ''] = text.toLowerCase().split('e');
  return mantissa.replace(/[-+.]/g, '').replace(/^0+/, '').replace(/0+$/, '');
}

/** Assignment would make a member named `__proto__` the object's prototype. */
function setOwn<T>(target: Record<string, T>, key: string, value: T): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[key] = value;
  }
}
