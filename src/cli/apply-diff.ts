/** What a record's new text changes, field by field. */
import { fieldAt } from '../model/records/json-schemas.ts';
import type { Kind } from '../model/records/kinds.ts';
import { isPlain, numberText, type Step, shown, shownPath } from '../model/records/problems.ts';
import { plain } from './output.ts';
import { hashText } from './redact.ts';

/** One field as it was and as it will be, in words. */
export interface FieldEdit {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

const nothing = '(none)';

/**
 * The fields in which a spec differs from the record that stands in the table, by path. Lists are compared whole. Values of `environment` and
 * `secrets`, and of fields that no schema knows, are shown as hashes.
 */
export function specEdits(
  kind: Kind,
  standing: Readonly<Record<string, unknown>>,
  spec: unknown,
): readonly FieldEdit[] {
  const strays = Object.keys(standing).filter((field) => field !== 'kind' && field !== 'name' && field !== 'spec');
  return [
    ...strays.map((field) => ({ field: shown(field), before: hashText(plain(standing[field])), after: nothing })),
    ...edits(kind, [], standing['spec'], spec),
  ];
}

function edits(kind: Kind, path: readonly Step[], before: unknown, after: unknown): FieldEdit[] {
  if (isMap(before) && isMap(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => edits(kind, [...path, name], own(before, name), own(after, name)));
  }
  if (comparable(before) === comparable(after)) return [];
  // A map that comes or goes is shown by its fields, unless it has none.
  if (isMap(after) && before === undefined && Object.keys(after).length > 0) return edits(kind, path, {}, after);
  if (isMap(before) && after === undefined && Object.keys(before).length > 0) return edits(kind, path, before, {});
  return [{ field: shownPath(['spec', ...path]), before: text(kind, path, before), after: text(kind, path, after) }];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && isPlain(value);
}

function own(map: Record<string, unknown>, name: string): unknown {
  return Object.getOwnPropertyDescriptor(map, name)?.value;
}

/** Equal texts for what DynamoDB stores equally: a bigint of a file is the number of the table. */
function comparable(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  const digits = typeof value === 'object' && value !== null ? numberText(value) : undefined;
  if (digits !== undefined) return digits;
  if (Array.isArray(value)) return `[${value.map(comparable).join(',')}]`;
  if (isMap(value)) {
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${comparable(own(value, name))}`).join(',')}}`;
  }
  return value === undefined ? '' : (JSON.stringify(plain(value)) ?? '');
}

function text(kind: Kind, path: readonly Step[], value: unknown): string {
  if (value === undefined) return nothing;
  const field = fieldAt(kind, path);
  if (field === undefined || field.hidden) return hashText(comparable(value));
  return shown(typeof value === 'string' ? value : comparable(value));
}
