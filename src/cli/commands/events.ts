/** `events`: what happened, oldest first. */
import { kindOfWord } from '../../model/records/kinds.ts';
import type { ObjectEvent } from '../../model/state.ts';
import { objectKey } from '../../store/keys.ts';
import type { StoredObject } from '../../store/state.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../errors.ts';
import { loadObject } from '../objects.ts';
import { type Session, withSession } from '../session.ts';
import { type Column, createTable, type TablePrinter } from '../table.ts';
import { watch } from '../watch.ts';
import { noSuchObject, requireKind, requireName } from '../words.ts';

interface Entry extends ObjectEvent {
  readonly kind: string;
  readonly name: string;
}

const columns: readonly Column<Entry>[] = [
  { title: 'TIME', text: ({ at }) => at },
  { title: 'TYPE', text: ({ type }) => type, tone: ({ type }) => (type === 'Warning' ? 'bad' : undefined) },
  { title: 'REASON', text: ({ reason }) => reason },
  { title: 'OBJECT', text: ({ kind, name }) => `${kind}/${name}` },
  { title: 'COUNT', text: ({ count }) => String(count) },
  { title: 'MESSAGE', text: ({ message }) => message },
];

/** Lists the history of everything, of a kind, or of one object. 0, or 2 where one was named that is not there. */
export async function events(
  context: Context,
  word: string | undefined,
  name: string | undefined,
  options: { watch?: boolean },
): Promise<number> {
  const kind = word === undefined ? undefined : requireKind(word);
  if (kind !== undefined && name !== undefined) requireName(kind, name);
  return withSession(context.host, context.settings, async (session) => {
    const read = (): Promise<readonly Entry[]> => readEntries(session, kind, name);
    if (kind !== undefined && name !== undefined) await assertKnown(session, kind, name);
    if (options.watch === true) return watchEvents(context, read);
    const items = await read();
    await context.output.data({ items }, () =>
      items.length === 0 ? [] : createTable(columns, items, context.output.paint).lines(items, true),
    );
    if (items.length === 0) context.output.say('no events');
    return exitCodes.yes;
  });
}

/** The last events of an object, as `describe` shows them. */
export function eventLines(context: Context, history: readonly ObjectEvent[], most: number): string[] {
  const shown = history.slice(-most).map((event) => ({ ...event, kind: '', name: '' }));
  const table = createTable(
    columns.filter(({ title }) => title !== 'OBJECT'),
    shown,
    context.output.paint,
  );
  return shown.length === 0 ? ['none'] : table.lines(shown, true);
}

async function assertKnown(session: Session, kind: ReturnType<typeof requireKind>, name: string): Promise<void> {
  if ((await loadObject(session, kind, name)) === undefined) throw noSuchObject(kind, name);
}

async function readEntries(
  session: Session,
  kind: string | undefined,
  name: string | undefined,
): Promise<readonly Entry[]> {
  const objects =
    kind !== undefined && name !== undefined
      ? [await session.state.query(objectKey(kind, name))]
      : [...(await session.state.loadAll({ events: true })).values()];
  return objects
    .filter((object) => (kind === undefined ? kindOfWord(object.kind) !== undefined : object.kind === kind))
    .flatMap(entriesOf)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function entriesOf(object: StoredObject): Entry[] {
  return object.events.map((event) => ({ kind: object.kind, name: object.name, ...event }));
}

async function watchEvents(context: Context, read: () => Promise<readonly Entry[]>): Promise<number> {
  let table: TablePrinter<Entry> | undefined;
  const rows = async () => {
    const entries = await read();
    const perObject = new Map<string, number>();
    return entries.map((entry) => {
      // A repeat raises an event's count and moves its time, so only its place in the history and what it says tell it apart.
      const about = JSON.stringify([entry.kind, entry.name, entry.reason, entry.message]);
      const nth = (perObject.get(about) ?? 0) + 1;
      perObject.set(about, nth);
      return { key: `${about}#${nth}`, version: `${entry.at}#${entry.count}`, row: entry };
    });
  };
  return watch(context, rows, async (changed, isFirst) => {
    table ??= createTable(columns, changed, context.output.paint);
    if (context.output.format === 'table') {
      const lines = table.lines(changed, isFirst);
      await context.output.more(null, () => lines);
      return;
    }
    for (const entry of changed) await context.output.more(entry, () => []);
  });
}
