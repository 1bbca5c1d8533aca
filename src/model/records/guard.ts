import type { Finding, Step } from './problems.ts';
import { isPlain, numberText, problemsMax } from './problems.ts';

/** The most that a record may take, in bytes: UTF-8 of all names and values, with DynamoDB's own overheads for maps and lists. */
export const recordMaxBytes = 32 * 1024;

/** How deep values may nest, the record itself being 1. The deepest field of any schema is at 6. */
export const recordMaxDepth = 12;

/** Keys that JavaScript gives a meaning of its own. No field is called so, and letting them in is how prototypes get polluted. */
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** What the guard makes of a raw value: a plain copy, or what is wrong with it. */
export type Guarded =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly findings: Finding[] };

interface Walk {
  readonly findings: Finding[];
  bytes: number;
  stopped: boolean;
}

/**
 * Copies a raw value into plain maps, lists, strings, numbers and booleans, before anything looks at what it means. Refuses, with the
 * path: NULL, sets, binary and any class instance; numbers that are not finite or not exact; broken Unicode; keys such as `__proto__`;
 * more than 32 KiB or 12 levels. Work is bounded by those limits, whatever comes in.
 */
export function guardRaw(raw: unknown): Guarded {
  const walk: Walk = { findings: [], bytes: 0, stopped: false };
  const value = copy(raw, [], walk);
  return walk.findings.length === 0 ? { ok: true, value } : { ok: false, findings: walk.findings };
}

function refuse(walk: Walk, path: readonly Step[], value: unknown, expected: string): undefined {
  walk.findings.push({ path, value, expected });
  if (walk.findings.length >= problemsMax) walk.stopped = true;
  return undefined;
}

/** Counts bytes and stops the walk at the limit, so that a huge value costs no more than a large one. */
function count(walk: Walk, bytes: number): void {
  walk.bytes += bytes;
  if (walk.bytes <= recordMaxBytes || walk.stopped) return;
  walk.stopped = true;
  const expected = `a record of at most ${recordMaxBytes / 1024} KB (names and values in UTF-8)`;
  walk.findings.push({ path: [], value: undefined, expected, found: `more than ${recordMaxBytes} bytes` });
}

function copy(value: unknown, path: readonly Step[], walk: Walk): unknown {
  switch (typeof value) {
    case 'string':
      return copyString(value, path, walk);
    case 'number':
      count(walk, 8);
      return checkNumber(value, value, path, walk);
    case 'boolean':
      count(walk, 1);
      return value;
    case 'bigint':
      count(walk, 8);
      return copyNumberText(value.toString(), value, path, walk);
    case 'object':
      return value === null
        ? refuse(walk, path, value, 'a value; leave the field out where it has none')
        : copyObject(value, path, walk);
    case 'undefined':
      return refuse(walk, path, value, 'a value');
    default:
      return refuse(walk, path, value, 'a map, list, string, number or boolean');
  }
}

function copyString(value: string, path: readonly Step[], walk: Walk): unknown {
  count(walk, Buffer.byteLength(value) + 1);
  return hasLoneSurrogate(value)
    ? refuse(walk, path, value, 'well-formed Unicode (this has half of a surrogate pair)')
    : value;
}

/** Whether a text has half of a surrogate pair, which UTF-8 cannot express. */
function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

const exactExpected = 'a number that is exact: whole ones up to 9007199254740991, others with at most 15 digits';

/** `written` is the number as its reader gave it, which is what a refusal shows. */
function checkNumber(value: number, written: unknown, path: readonly Step[], walk: Walk): unknown {
  if (!Number.isFinite(value)) return refuse(walk, path, written, 'a finite number');
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return refuse(walk, path, written, exactExpected);
  // -0 would print and hash differently from 0.
  return value === 0 ? 0 : value;
}

function copyNumberText(digits: string, value: unknown, path: readonly Step[], walk: Walk): unknown {
  if (digits.length > 200 || !/^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?$/.test(digits)) {
    return refuse(walk, path, value, 'a number');
  }
  const parsed = Number(digits);
  const significant = (digits.split(/[eE]/)[0] ?? '').replace(/[+.-]/g, '').replace(/^0+/, '').replace(/0+$/, '');
  const exact = significant.length <= 15 || (/^[+-]?[0-9]+$/.test(digits) && Number.isSafeInteger(parsed));
  if (!exact || (parsed === 0 && significant !== '')) return refuse(walk, path, value, exactExpected);
  return checkNumber(parsed, value, path, walk);
}

function copyObject(value: object, path: readonly Step[], walk: Walk): unknown {
  if (path.length >= recordMaxDepth) {
    const found = `a value at level ${path.length + 1}`;
    walk.findings.push({ path, value: undefined, expected: `at most ${recordMaxDepth} levels`, found });
    return undefined;
  }
  count(walk, 3);
  if (Array.isArray(value)) return copyList(value, path, walk);
  if (isPlain(value)) return copyMap(value, path, walk);
  const digits = numberText(value);
  if (digits !== undefined) return copyNumberText(digits, value, path, walk);
  const expected =
    value instanceof Set ? 'a list (DynamoDB type L); sets have no order' : 'a map, list, string, number or boolean';
  return refuse(walk, path, value, expected);
}

function copyList(list: readonly unknown[], path: readonly Step[], walk: Walk): unknown {
  const out: unknown[] = [];
  for (let index = 0; index < list.length && !walk.stopped; index += 1) {
    count(walk, 1);
    out.push(copy(list[index], [...path, index], walk));
  }
  return out;
}

function copyMap(map: object, path: readonly Step[], walk: Walk): unknown {
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(map)) {
    if (walk.stopped) break;
    count(walk, Buffer.byteLength(key) + 1);
    const below = [...path, key];
    const held: PropertyDescriptor | undefined = Object.getOwnPropertyDescriptor(map, key);
    const inner: unknown = held?.value;
    if (forbiddenKeys.has(key))
      refuse(walk, below, inner, 'no field of this name; JavaScript gives it another meaning');
    else if (hasLoneSurrogate(key)) refuse(walk, below, inner, 'a name in well-formed Unicode');
    else out[key] = copy(inner, below, walk);
  }
  return out;
}
