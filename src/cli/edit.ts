/** Changing one field of a record's spec, and saying what came of it. */
import { type Kind, kindWords } from '../model/records/kinds.ts';
import { parseRecord } from '../model/records/parse.ts';
import { problemsLine } from '../model/records/problems.ts';
import type { RawRecord } from '../store/desired.ts';
import type { Context } from './context.ts';
import { CliError } from './errors.ts';
import type { Session } from './session.ts';
import { spoken } from './words.ts';

/** One top-level field of a spec and its new value; `undefined` takes it out. */
export interface FieldEdit {
  readonly kind: Kind;
  readonly name: string;
  readonly field: string;
  readonly value: unknown;
}

/** What a change of a field came to, for programs. */
export interface EditReport {
  readonly kind: Kind;
  readonly name: string;
  /** `spec.pin` */
  readonly field: string;
  /** Left out where nothing was said; null has no place in a record. */
  readonly before?: unknown;
  readonly after?: unknown;
  readonly changed: boolean;
}

/**
 * Writes the field: into the record as it stands, or into a new one where there is none (the only Fleet). Warns where the record is refused as it stands, as nothing follows
 * from it then.
 */
export async function writeField(
  context: Context,
  session: Session,
  edit: FieldEdit,
  raw: RawRecord | undefined,
): Promise<void> {
  const { kind, name, field, value } = edit;
  if (raw === undefined) {
    await session.desired.put({ kind, name, spec: { [field]: value } }, { ifAbsent: true });
    return;
  }
  await session.desired.updateSpecField(kind, name, field, value);
  warnInvalid(context, raw, edit);
}

/** A record that is refused changes nothing, however its fields stand; whoever changes one of them must know. */
function warnInvalid(context: Context, raw: RawRecord, { field, value }: FieldEdit): void {
  const parsed = parseRecord({ ...raw, spec: withField(raw.spec, field, value) });
  if (parsed.ok) return;
  context.output.say(
    `warning: the record is not valid, so nothing follows from it until it is corrected: ${problemsLine(parsed.problems)}`,
  );
}

function withField(spec: unknown, field: string, value: unknown): unknown {
  if (typeof spec !== 'object' || spec === null) return spec;
  const { [field]: _before, ...rest } = spec as Record<string, unknown>;
  return value === undefined ? rest : { ...rest, [field]: value };
}

/** What a field of a record as it stands says; undefined where it is left out. */
export function fieldOf(raw: RawRecord | undefined, field: string): unknown {
  const spec = raw?.spec;
  if (typeof spec !== 'object' || spec === null) return undefined;
  return Object.getOwnPropertyDescriptor(spec, field)?.value as unknown;
}

/** The report of a change of a field. */
export function editReport(edit: FieldEdit, before: unknown, changed: boolean): EditReport {
  return {
    kind: edit.kind,
    name: edit.name,
    field: `spec.${edit.field}`,
    ...(before === undefined ? {} : { before }),
    ...(edit.value === undefined ? {} : { after: edit.value }),
    changed,
  };
}

/** `~ tenant acme: spec.pin: any -> a1 (what follows)`; `otherwise` stands for a field that is left out. */
export function editLine(report: EditReport, otherwise: string, consequence: string): string {
  const about = spoken(report.kind, report.name);
  const text = (value: unknown): string =>
    value === undefined
      ? otherwise
      : typeof value === 'string'
        ? value
        : Array.isArray(value)
          ? value.join(',')
          : 'something else';
  if (!report.changed) return `= ${about}: ${report.field} is ${text(report.after)} already`;
  return `~ ${about}: ${report.field}: ${text(report.before)} -> ${text(report.after)} (${consequence})`;
}

/** The error for a command that does not take what it was given. */
export function usage(command: string, why: string, hint: string): CliError {
  return new CliError({ reason: 'Usage', what: `${command} cannot be done`, why, hint });
}

/** The kinds that take tenants: cells and infra groups. */
export type PlaceKind = Extract<Kind, 'Cell' | 'InfraGroup'>;

/** Refuses every kind but cells and infra groups. */
export function requirePlace(command: string, kind: Kind): PlaceKind {
  if (kind === 'Cell' || kind === 'InfraGroup') return kind;
  throw usage(
    command,
    `a ${kindWords[kind].one} takes no tenants; infra groups and cells do`,
    `cellwright ${command} infra-group NAME, or cellwright ${command} cell NAME`,
  );
}
