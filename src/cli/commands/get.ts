/** `get`: records with their status. */
import type { Kind } from '../../model/records/kinds.ts';
import { kindWords } from '../../model/records/kinds.ts';
import { columnsOf, type Row } from '../columns.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../errors.ts';
import { loadFleet, loadObject, type ObjectView, ofKind, printedObject, shownStatus } from '../objects.ts';
import { type Session, withSession } from '../session.ts';
import { createTable, type TablePrinter } from '../table.ts';
import { watch } from '../watch.ts';
import { noSuchObject, requireKind, requireName } from '../words.ts';
import { getInvalid } from './get-invalid.ts';

type Views = ReadonlyMap<string, ObjectView>;

/** Lists a kind, or shows one object. 0, or 2 where one was named that is not there. */
export async function get(
  context: Context,
  word: string,
  name: string | undefined,
  options: { watch?: boolean },
): Promise<number> {
  if (word === 'invalid') return getInvalid(context);
  const kind = requireKind(word);
  if (name !== undefined) requireName(kind, name);
  return withSession(context.host, context.settings, async (session) => {
    const read = (): Promise<{ shown: readonly ObjectView[]; views: Views }> => readShown(session, kind, name);
    if (options.watch === true) return watchObjects(context, kind, read);
    const { shown, views } = await read();
    const [only] = shown;
    const value =
      name !== undefined && only !== undefined
        ? printedObject(only, views)
        : { items: shown.map((view) => printedObject(view, views)) };
    const rows = shown.map((view) => ({ view, status: shownStatus(view, views) }));
    await context.output.data(value, () => tableOf(context, kind, rows).lines(rows, true));
    if (shown.length === 0) context.output.say(`no ${kindWords[kind].many}: write some with cellwright apply -f FILE`);
    return exitCodes.yes;
  });
}

async function readShown(
  session: Session,
  kind: Kind,
  name: string | undefined,
): Promise<{ shown: readonly ObjectView[]; views: Views }> {
  if (name === undefined) {
    const { views } = await loadFleet(session);
    return { shown: ofKind(views, kind), views };
  }
  const found = await loadObject(session, kind, name);
  if (found === undefined) throw noSuchObject(kind, name);
  return { shown: [found.view], views: found.views };
}

function tableOf(context: Context, kind: Kind, rows: readonly Row[]): TablePrinter<Row> {
  return createTable(
    columnsOf(kind, () => context.host.clock.now()),
    rows,
    context.output.paint,
  );
}

async function watchObjects(
  context: Context,
  kind: Kind,
  read: () => Promise<{ shown: readonly ObjectView[]; views: Views }>,
): Promise<number> {
  let table: TablePrinter<Row> | undefined;
  const rows = async () => {
    const { shown, views } = await read();
    return shown.map((view) => {
      const printed = printedObject(view, views);
      const version = JSON.stringify([view.raw, printed.status]);
      return { key: view.name, version, row: { view, status: printed.status, printed } };
    });
  };
  return watch(context, rows, async (changed, isFirst) => {
    table ??= tableOf(context, kind, changed);
    if (context.output.format === 'table') {
      const lines = table.lines(changed, isFirst);
      await context.output.more(null, () => lines);
      return;
    }
    for (const { printed } of changed) await context.output.more(printed, () => []);
    if (isFirst && changed.length > 0)
      context.output.say(`watching ${spokenCount(kind, changed.length)}; Ctrl-C ends it`);
  });
}

function spokenCount(kind: Kind, count: number): string {
  return count === 1 ? `1 ${kindWords[kind].one}` : `${count} ${kindWords[kind].many}`;
}
