/** `suspend`, `resume`, `offboard`, `pause`, `unpause`: each changes one field of a record, and nothing else. */
import { type Kind, kindWords } from '../../model/records/kinds.ts';
import { parseRecord } from '../../model/records/parse.ts';
import { problemsLine } from '../../model/records/problems.ts';
import type { RawRecord } from '../../store/desired.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { CliError, exitCodes } from '../errors.ts';
import { type Session, withSession } from '../session.ts';
import { noSuchRecord, requireKind, requireName, spoken } from '../words.ts';

/** A field to be set, and what happens because of it. */
interface Edit {
  readonly field: 'state' | 'mode';
  readonly value: string;
  readonly consequence: string;
}

const stateEdits = {
  suspend: { field: 'state', value: 'suspended', consequence: 'its tasks stop; placement, rule and DNS stay' },
  resume: { field: 'state', value: 'active', consequence: 'it is served again, from where it was placed' },
  offboard: {
    field: 'state',
    value: 'deleted',
    consequence: "it leaves DNS at once and its tasks stop; the rest goes after the tier's retentionDays",
  },
} as const satisfies Record<string, Edit>;

const modeEdits = {
  pause: { field: 'mode', value: 'paused', consequence: 'the controller leaves it and all below it alone' },
  unpause: { field: 'mode', value: 'active', consequence: 'the controller acts on it again' },
} as const satisfies Record<string, Edit>;

/** Changes a tenant's `state`. `words` is `tenant NAME`, or the name alone. */
export async function changeState(
  context: Context,
  command: keyof typeof stateEdits,
  words: readonly string[],
  options: { yes?: boolean },
): Promise<number> {
  const name = tenantNameOf(command, words);
  return edit(context, 'Tenant', name, stateEdits[command], async () => {
    if (command !== 'offboard') return true;
    const question = `Offboard tenant ${name}? ${capital(stateEdits.offboard.consequence)}.`;
    return confirm(context, question, {
      yes: options.yes === true,
      command: `cellwright offboard tenant ${name} --yes`,
    });
  });
}

/** Changes the `mode` of a record of any kind. The only Fleet needs no name, and no record. */
export async function changeMode(
  context: Context,
  command: keyof typeof modeEdits,
  word: string,
  given: string | undefined,
): Promise<number> {
  const kind = requireKind(word);
  const name = given ?? (kind === 'Fleet' ? 'default' : undefined);
  if (name === undefined)
    throw usage(command, `which ${kindWords[kind].one} is not said`, `cellwright ${command} ${word} NAME`);
  requireName(kind, name);
  return edit(context, kind, name, modeEdits[command], async () => true);
}

function tenantNameOf(command: string, words: readonly string[]): string {
  const [first = '', second] = words;
  if (second === undefined) return requireName('Tenant', first);
  const kind = requireKind(first);
  if (kind === 'Tenant') return requireName('Tenant', second);
  throw usage(command, `a ${kindWords[kind].one} has no such state`, `cellwright ${command} tenant NAME`);
}

function usage(command: string, why: string, hint: string): CliError {
  return new CliError({ reason: 'Usage', what: `${command} cannot be done`, why, hint });
}

async function edit(
  context: Context,
  kind: Kind,
  name: string,
  change: Edit,
  confirmed: () => Promise<boolean>,
): Promise<number> {
  return withSession(context.host, context.settings, async (session) => {
    const raw = await session.desired.get(kind, name);
    if (raw === undefined && kind !== 'Fleet') throw noSuchRecord(kind, name);
    const before = fieldText(raw, change.field);
    if (before === change.value) return report(context, { kind, name, change, before, changed: false });
    if (!(await confirmed())) {
      context.output.say('nothing was changed');
      return exitCodes.no;
    }
    await write(session, { kind, name, change, isNew: raw === undefined });
    if (raw !== undefined) warnInvalid(context, raw, change);
    return report(context, { kind, name, change, before, changed: true });
  });
}

async function write(session: Session, at: { kind: Kind; name: string; change: Edit; isNew: boolean }): Promise<void> {
  const { kind, name, change } = at;
  if (at.isNew) await session.desired.put({ kind, name, spec: { [change.field]: change.value } }, { ifAbsent: true });
  else await session.desired.updateSpecField(kind, name, change.field, change.value);
}

function fieldText(raw: RawRecord | undefined, field: string): string {
  const spec = raw?.spec;
  if (typeof spec !== 'object' || spec === null) return 'active';
  const value: unknown = Object.getOwnPropertyDescriptor(spec, field)?.value;
  if (value === undefined) return 'active';
  return typeof value === 'string' ? value : 'something that is no text';
}

/** A record that is refused changes nothing, however its fields stand; whoever changes one of them must know. */
function warnInvalid(context: Context, raw: RawRecord, change: Edit): void {
  const spec: unknown = raw.spec;
  const edited = typeof spec === 'object' && spec !== null ? { ...spec, [change.field]: change.value } : spec;
  const parsed = parseRecord({ ...raw, spec: edited });
  if (parsed.ok) return;
  context.output.say(
    `warning: the record is not valid, so nothing follows from it until it is corrected: ${problemsLine(parsed.problems)}`,
  );
}

async function report(
  context: Context,
  done: { kind: Kind; name: string; change: Edit; before: string; changed: boolean },
): Promise<number> {
  const { kind, name, change, before, changed } = done;
  const value = { kind, name, field: `spec.${change.field}`, before, after: change.value, changed };
  await context.output.data(value, () => [
    changed
      ? `~ ${spoken(kind, name)}: spec.${change.field}: ${before} -> ${change.value} (${change.consequence})`
      : `= ${spoken(kind, name)}: spec.${change.field} is ${change.value} already`,
  ]);
  return exitCodes.yes;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
