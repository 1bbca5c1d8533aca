import { fieldAt } from './json-schemas.ts';
import type { Kind } from './kinds.ts';
import { isKind } from './kinds.ts';

/** One thing that is wrong with a record, in the words of `get invalid`. All texts are printable ASCII. */
export interface InvalidField {
  /** The record's kind, escaped, at most 80 characters; empty where it has none. */
  readonly kind: string;
  /** The record's name, escaped, at most 80 characters; empty where it has none. */
  readonly name: string;
  /** The path of the field, such as `spec.service.cpu` or `spec.pin[0]`, escaped, at most 80 characters. */
  readonly field: string;
  /** What is there: the value where it may be shown, else its type and length. At most 80 characters. */
  readonly found: string;
  /** What would have been right. */
  readonly expected: string;
}

/** The longest text that comes from a record and is shown, in characters. */
export const shownMaxLength = 80;

/** The most problems that are reported of one record. */
export const problemsMax = 20;

/** A step of a path: the name of a field, or the index of a list's element. */
export type Step = string | number;

/** A problem before it is put into words. `path` starts at the record, so its first step is `kind`, `name`, `spec` or a stranger. */
export interface Finding {
  readonly path: readonly Step[];
  readonly value: unknown;
  readonly expected: string;
  /** What to show as found, where that is not the value (its size, its depth). */
  readonly found?: string;
}

/**
 * Text of a record as it may be shown anywhere: printable ASCII only (control, bidirectional and look-alike characters become `\u{hex}`), cut
 * to 80 characters, with `...` where something is missing.
 */
export function shown(text: string): string {
  let out = '';
  for (const character of text) {
    out += escapeCharacter(character);
    if (out.length > shownMaxLength) return `${out.slice(0, shownMaxLength - 3)}...`;
  }
  return out;
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === '\\') return '\\\\';
  return code >= 0x20 && code <= 0x7e ? character : `\\u{${code.toString(16)}}`;
}

/** A path in words: `spec.service.environment.A`, `spec.pin[2]`; `record` for the whole. Escaped and cut like every text of a record. */
export function shownPath(path: readonly Step[]): string {
  const text = path.reduce<string>((out, step) => {
    if (typeof step === 'number') return `${out}[${step}]`;
    return `${out}${out === '' ? '' : '.'}${step === '' ? '""' : step}`;
  }, '');
  return shown(text === '' ? 'record' : text);
}

/** Type and length of a value, and nothing of the value itself. */
export function typeAndLength(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'NULL';
  if (typeof value === 'string') return `string of ${value.length} characters`;
  if (typeof value === 'bigint') return 'number';
  if (typeof value !== 'object') return typeof value;
  if (Array.isArray(value)) return `list of ${value.length} elements`;
  if (value instanceof Set) return `set of ${value.size} elements`;
  if (ArrayBuffer.isView(value)) return `binary of ${value.byteLength} bytes`;
  if (numberText(value) !== undefined) return 'number';
  if (!isPlain(value)) return 'value of a type that records do not have';
  return `map of ${Object.keys(value).length} fields`;
}

/** Whether a value is a map as JSON or DynamoDB has it: no class instance. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * The digits of a number that its reader kept as text (lib-dynamodb's NumberValue), or undefined. A user's own map `{value: "1"}` is plain
 * and is never taken for a number.
 */
export function numberText(value: object): string | undefined {
  if (isPlain(value) || Array.isArray(value)) return undefined;
  const held = Object.getOwnPropertyDescriptor(value, 'value');
  return held !== undefined && typeof held.value === 'string' ? held.value : undefined;
}

/** Puts a finding into words. What may be shown of the value follows from the schema: nothing of environment, secrets and unknown fields. */
export function invalidField(kind: unknown, name: unknown, finding: Finding): InvalidField {
  return {
    kind: typeof kind === 'string' ? shown(kind) : '',
    name: typeof name === 'string' ? shown(name) : '',
    field: shownPath(finding.path),
    found: shown(finding.found ?? describeFound(kind, finding)),
    expected: finding.expected,
  };
}

function describeFound(kind: unknown, { path, value }: Finding): string {
  const [first, ...below] = path;
  if (path.length === 1 && (first === 'kind' || first === 'name')) return openText(value, true);
  if (first !== 'spec' || !isKind(kind)) return typeAndLength(value);
  return describeInSpec(kind, below, value);
}

function describeInSpec(kind: Kind, path: readonly Step[], value: unknown): string {
  const field = fieldAt(kind, path);
  if (field === undefined || field.hidden) return typeAndLength(value);
  return openText(value, field.node.type === 'string' || field.node.enum !== undefined);
}

function openText(value: unknown, stringExpected: boolean): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') {
    if (value === '') return 'empty string';
    return stringExpected ? value : `string "${value}"`;
  }
  const digits = typeof value === 'object' && value !== null ? numberText(value) : undefined;
  if (digits !== undefined && digits !== '') return digits;
  return typeAndLength(value);
}

/** A problem in one line, as conditions and the CLI print it. */
export function problemLine(problem: InvalidField): string {
  return `${problem.field}: found ${problem.found}, expected ${problem.expected}`;
}

/** Some problems in one line; the rest is counted. */
export function problemsLine(problems: readonly InvalidField[], most = 3): string {
  const lines = problems.slice(0, most).map(problemLine);
  const rest = problems.length - lines.length;
  return `${lines.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
}
