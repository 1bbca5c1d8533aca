/** `get invalid`: every item of the desired table that would not be accepted. Needs no controller. */

import { parseRecord } from '../../model/records/parse.ts';
import type { InvalidField } from '../../model/records/problems.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../errors.ts';
import { withSession } from '../session.ts';
import { createTable } from '../table.ts';
import { refusals } from '../table-check.ts';

/** Lists what is refused, one entry for each field; always 0, as an empty list is an answer too. */
export async function getInvalid(context: Context): Promise<number> {
  return withSession(context.host, context.settings, async ({ desired, state }) => {
    const [records, stored] = await Promise.all([desired.list(), state.loadAll()]);
    const candidates = records.map((raw) => ({ parsed: parseRecord(raw) }));
    const items = refusals(candidates, stored)
      .flatMap(({ problems }) => problems)
      .sort((a, b) => compare(a, b));
    await context.output.data({ items }, () => invalidLines(context, items));
    if (items.length === 0) context.output.say(`all ${records.length} records are valid`);
    return exitCodes.yes;
  });
}

function compare(a: InvalidField, b: InvalidField): number {
  const [left, right] = [a, b].map(({ kind, name, field }) => [kind, name, field].join('\n'));
  return (left ?? '') < (right ?? '') ? -1 : 1;
}

function invalidLines(context: Context, items: readonly InvalidField[]): string[] {
  const columns = (['kind', 'name', 'field', 'found', 'expected'] as const).map((field) => ({
    title: field.toUpperCase(),
    text: (item: InvalidField) => (item[field] === '' ? '-' : item[field]),
  }));
  return items.length === 0 ? [] : createTable(columns, items, context.output.paint).lines(items, true);
}
