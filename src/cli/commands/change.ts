/** `suspend`, `resume`, `offboard`, `pause`, `unpause`: each changes one field of a record, and nothing else. */
import { type Kind, kindWords } from '../../model/records/kinds.ts';
import type { RawRecord } from '../../store/desired.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { editLine, editReport, fieldOf, usage, writeField } from '../edit.ts';
import { exitCodes } from '../errors.ts';
import { withSession } from '../session.ts';
import { noSuchRecord, requireKind, requireName } from '../words.ts';

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
    const field = { kind, name, field: change.field, value: change.value };
    const changed = before !== change.value;
    if (changed) {
      if (!(await confirmed())) {
        context.output.say('nothing was changed');
        return exitCodes.no;
      }
      await writeField(context, session, field, raw);
    }
    const report = editReport(field, before, changed);
    await context.output.data(report, () => [editLine(report, 'active', change.consequence)]);
    return exitCodes.yes;
  });
}

function fieldText(raw: RawRecord | undefined, field: string): string {
  const value = fieldOf(raw, field) ?? 'active';
  return typeof value === 'string' ? value : 'something that is no text';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
