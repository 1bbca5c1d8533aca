/**
 * Attribute values as the simulator holds them: immutable, validated, numbers and sets in canonical form. Attributes live in Maps,
 * so that names such as `__proto__` are names like any other.
 */
import { compareNumbers, numberSize } from './decimal.ts';

export type Value =
  | { readonly kind: 'S'; readonly text: string }
  | { readonly kind: 'N'; readonly text: string }
  | { readonly kind: 'B'; readonly bytes: Uint8Array }
  | { readonly kind: 'BOOL'; readonly flag: boolean }
  | { readonly kind: 'NULL' }
  | { readonly kind: 'SS' | 'NS'; readonly members: readonly string[] }
  | { readonly kind: 'BS'; readonly members: readonly Uint8Array[] }
  | { readonly kind: 'L'; readonly items: readonly Value[] }
  | { readonly kind: 'M'; readonly fields: Item };

export type Item = ReadonlyMap<string, Value>;
export type ValueKind = Value['kind'];

/** A binary value as text that is equal exactly when the bytes are. */
export function bytesText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Deep equality as DynamoDB's `=`: same type, same value, sets without order. */
export function equalValues(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'BS':
      return b.kind === 'BS' && sameMembers(a.members.map(bytesText), b.members.map(bytesText));
    case 'SS':
    case 'NS':
      return 'members' in b && b.kind !== 'BS' && sameMembers(a.members, b.members);
    case 'L':
      return b.kind === 'L' && equalLists(a.items, b.items);
    case 'M':
      return b.kind === 'M' && equalItems(a.fields, b.fields);
    default:
      return equalScalars(a, b);
  }
}

function equalScalars(a: Value, b: Value): boolean {
  if (a.kind === 'BOOL' && b.kind === 'BOOL') return a.flag === b.flag;
  return (a.kind === 'NULL' && b.kind === 'NULL') || compareValues(a, b) === 0;
}

function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  const members = new Set(b);
  return a.every((member) => members.has(member));
}

function equalLists(a: readonly Value[], b: readonly Value[]): boolean {
  return (
    a.length === b.length &&
    a.every((value, index) => {
      const other = b[index];
      return other !== undefined && equalValues(value, other);
    })
  );
}

/** Whether two items, or two maps, hold the same attributes. */
export function equalItems(a: Item, b: Item): boolean {
  if (a.size !== b.size) return false;
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other === undefined || !equalValues(value, other)) return false;
  }
  return true;
}

/** Order of two values of one type: S by UTF-8 bytes, N by value, B by unsigned bytes. Undefined for other or mixed types. */
export function compareValues(a: Value, b: Value): number | undefined {
  if (a.kind === 'S' && b.kind === 'S') return compareText(a.text, b.text);
  if (a.kind === 'N' && b.kind === 'N') return compareNumbers(a.text, b.text);
  if (a.kind === 'B' && b.kind === 'B') return compareBytes(a.bytes, b.bytes);
  return undefined;
}

/** Order of the UTF-8 forms, computed on UTF-16: surrogates sort above U+E000..U+FFFF. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return utf8Rank(left) - utf8Rank(right);
  }
  return a.length - b.length;
}

function utf8Rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}

/** Bytes of an item as the 400 KB limit counts them: attribute names and values. */
export function itemSize(item: Item): number {
  let total = 0;
  for (const [name, value] of item) total += Buffer.byteLength(name) + valueSize(value);
  return total;
}

/** Bytes of one value. Lists and maps cost 3, and 1 more for each element (developer guide, "item sizes and formats"). */
export function valueSize(value: Value): number {
  switch (value.kind) {
    case 'S':
      return Buffer.byteLength(value.text);
    case 'N':
      return numberSize(value.text);
    case 'B':
      return value.bytes.byteLength;
    case 'BOOL':
    case 'NULL':
      return 1;
    case 'SS':
      return value.members.reduce((sum, member) => sum + Buffer.byteLength(member), 0);
    case 'NS':
      return value.members.reduce((sum, member) => sum + numberSize(member), 0);
    case 'BS':
      return value.members.reduce((sum, member) => sum + member.byteLength, 0);
    case 'L':
      return value.items.reduce((sum, item) => sum + valueSize(item) + 1, 3);
    case 'M':
      return 3 + value.fields.size + itemSize(value.fields);
  }
}

/** Levels of nesting: 1 for a scalar or a set, one more for each list or map around it. */
export function depthOf(value: Value): number {
  if (value.kind === 'L') return 1 + maxDepth(value.items);
  if (value.kind === 'M') return 1 + maxDepth(value.fields.values());
  return 1;
}

/** The greatest depth among values; 0 when there are none. */
export function maxDepth(values: Iterable<Value>): number {
  let deepest = 0;
  for (const value of values) deepest = Math.max(deepest, depthOf(value));
  return deepest;
}
