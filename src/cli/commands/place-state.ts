/** `cordon` and `uncordon`: whether an infra group or a cell takes tenants. */
import type { Context } from '../context.ts';
import { editLine, editReport, fieldOf, requirePlace, writeField } from '../edit.ts';
import { exitCodes } from '../errors.ts';
import { withSession } from '../session.ts';
import { noSuchRecord, requireKind, requireName } from '../words.ts';

const states = { cordon: 'cordoned', uncordon: 'active' } as const;

/** Changes the `state` of an infra group or a cell. 0 when it stands, 2 where there is no such record. */
export async function changePlaceState(
  context: Context,
  command: keyof typeof states,
  word: string,
  name: string,
): Promise<number> {
  const kind = requirePlace(command, requireKind(word));
  requireName(kind, name);
  return withSession(context.host, context.settings, async (session) => {
    const raw = await session.desired.get(kind, name);
    if (raw === undefined) throw noSuchRecord(kind, name);
    const before = fieldOf(raw, 'state') ?? 'active';
    const edit = { kind, name, field: 'state', value: states[command] } as const;
    const changed = before !== edit.value;
    if (changed) await writeField(context, session, edit, raw);
    const report = editReport(edit, before, changed);
    await context.output.data(report, () => [editLine(report, 'active', consequenceOf(command, before))]);
    return exitCodes.yes;
  });
}

function consequenceOf(command: keyof typeof states, before: unknown): string {
  if (command === 'cordon') {
    return before === 'draining'
      ? 'the drain ends here: no more tenants leave, what is under way goes back, and no new ones come'
      : 'no new tenants are placed here; those that are here stay and are kept';
  }
  return before === 'draining'
    ? 'the drain is cancelled: what is under way and can go back does, those that left stay where they are'
    : 'new tenants may be placed here again';
}
