/** `drain`: everybody out of an infra group or a cell. Who has somewhere to go is checked before anything is written. */
import type { Condition } from '../../model/conditions.ts';
import { kindWords } from '../../model/records/kinds.ts';
import type { DrainReport } from '../../model/reports.ts';
import { ask } from '../answers.ts';
import { conditionOf } from '../columns.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { editLine, editReport, fieldOf, type PlaceKind, requirePlace, writeField } from '../edit.ts';
import { CliError, exitCodes } from '../errors.ts';
import { Interrupted } from '../host.ts';
import { loadObject } from '../objects.ts';
import { type Session, withSession } from '../session.ts';
import { clean } from '../table.ts';
import { pause } from '../watch.ts';
import { noSuchRecord, requireKind, requireName, spoken } from '../words.ts';

/** How many names are listed before it is only said how many more there are. */
const shownTenants = 10;
const pollMs = 1_000;
/** How long nobody can have moved before waiting for it is given up. */
const heldMs = 60_000;

export interface DrainOptions {
  readonly yes: boolean;
  /** Shows progress until the place is empty. */
  readonly wait: boolean;
  /** Although somebody has nowhere to go. */
  readonly force: boolean;
  /** Checks, and writes nothing. */
  readonly dryRun: boolean;
  readonly local: boolean;
}

interface Place {
  readonly kind: PlaceKind;
  readonly name: string;
}

/** 0 when the drain is ordered (with `--wait`: done) or, with `--dry-run`, possible; 1 when somebody has nowhere to go, or nobody agreed; 2 when it cannot be told. */
export async function drain(context: Context, word: string, name: string, options: DrainOptions): Promise<number> {
  const kind = requirePlace('drain', requireKind(word));
  const place: Place = { kind, name: requireName(kind, name) };
  return withSession(context.host, context.settings, async (session) => {
    const raw = await session.desired.get(kind, name);
    if (raw === undefined) throw noSuchRecord(kind, name);
    const before = fieldOf(raw, 'state') ?? 'active';
    const edit = { kind, name, field: 'state', value: 'draining' } as const;
    const command = commandOf(place);
    const report = await ask(context, 'drain', { kind: kindWords[kind].one, name }, { local: options.local, command });
    const stuck = report.held.length > 0 || report.closures.some(({ blocked }) => blocked !== undefined);
    const lines = reportLines(place, report);
    if (options.dryRun) {
      await context.output.data({ ...report, possible: !stuck }, () => lines);
      return stuck ? exitCodes.no : exitCodes.yes;
    }
    if (before !== edit.value) {
      if (stuck && !options.force) throw refused(place, report, lines);
      if (!(await agreed(context, place, report, options, lines))) {
        context.output.say('nothing was changed');
        return exitCodes.no;
      }
      await writeField(context, session, edit, raw);
    }
    const done = { ...editReport(edit, before, before !== edit.value), check: report };
    // A program gets one value: with --wait, when it is over.
    if (!options.wait || context.output.format === 'table') {
      await context.output.data(done, () => [
        ...lines,
        editLine(done, 'active', 'those who are here move, and no new ones come'),
        ...(options.wait ? [] : [followText(place)]),
      ]);
    }
    if (!options.wait) return exitCodes.yes;
    await waitUntilDrained(context, session, place);
    await context.output.data({ ...done, drained: true }, () => [`${spoken(kind, name)} is drained`]);
    return exitCodes.yes;
  });
}

function followText(place: Place): string {
  return `  watch it: cellwright drain ${about(place)} --wait; cancel it: cellwright uncordon ${about(place)}`;
}

function about({ kind, name }: Place): string {
  return `${kindWords[kind].one} ${name}`;
}

function commandOf(place: Place): string {
  return `cellwright drain ${about(place)}`;
}

async function agreed(
  context: Context,
  place: Place,
  report: DrainReport,
  options: DrainOptions,
  lines: readonly string[],
): Promise<boolean> {
  if (!options.yes && context.host.stdin.isTTY === true) for (const line of lines) context.output.say(line);
  const stay = report.held.length === 0 ? '' : `, ${report.held.length} stay`;
  return confirm(context, `Drain ${about(place)}? ${report.going.length} placements move${stay}.`, {
    yes: options.yes,
    command: `${commandOf(place)}${options.force ? ' --force' : ''} --yes`,
    what: 'this moves tenants',
  });
}

function refused(place: Place, report: DrainReport, lines: readonly string[]): CliError {
  const blocked = report.closures.filter((closure) => closure.blocked !== undefined).length;
  const who = [
    ...(report.held.length > 0 ? [`${report.held.length} of ${report.placements} placements have nowhere to go`] : []),
    ...(blocked > 0 ? [`${blocked} shared ${blocked === 1 ? 'name' : 'names'} cannot do without it`] : []),
  ].join(', and ');
  return new CliError(
    {
      reason: 'NowhereToGo',
      what: `${spoken(place.kind, place.name)} is not drained: ${who}`,
      why: lines.join('\n'),
      hint: `do what is named there, or move the others all the same: ${commandOf(place)} --force`,
      details: { check: report },
    },
    { exitCode: exitCodes.no },
  );
}

/** Who goes where, who cannot, and what would fix it. */
export function reportLines(place: Place, report: DrainReport): string[] {
  const { placements, going, held, leaving, closures } = report;
  if (placements === 0) return [`nobody is in ${about(place)}`];
  const head = `${placements} placements in ${about(place)}: ${going.length} can move, ${held.length} cannot, ${leaving} leave already`;
  return [clean(head), ...goingLines(going), ...heldLines(held), ...closures.flatMap(closureLines)];
}

function goingLines(going: DrainReport['going']): string[] {
  const to = new Map<string, string[]>();
  for (const { tenant, to: group } of going) to.set(group, [...(to.get(group) ?? []), tenant]);
  return [...to]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, tenants]) => clean(`  ${tenants.length} to ${group}: ${someOf(tenants)}`));
}

function heldLines(held: DrainReport['held']): string[] {
  const lines = held
    .slice(0, shownTenants)
    .flatMap(({ tenant, reason, text, remedies }) => [
      `  ! ${tenant} (${reason}): ${text}`,
      ...remedies.map((remedy) => `      would help: ${remedy}`),
    ]);
  const more = held.length - shownTenants;
  return [...lines, ...(more > 0 ? [`  ! and ${more} more`] : [])].map(clean);
}

function closureLines({ tier, group, tenants, blocked }: DrainReport['closures'][number]): string[] {
  const who = `${tenants} tenants of tier ${tier}, which share a name,`;
  return [
    blocked === undefined
      ? clean(`  ${who} leave ${group} together: its record under the name goes first`)
      : clean(`  ! ${who} cannot leave ${group}: ${blocked}`),
  ];
}

function someOf(tenants: readonly string[]): string {
  const more = tenants.length - shownTenants;
  return `${tenants.slice(0, shownTenants).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Says how it goes, until it is done. An interrupt ends the waiting, never the drain. Throws where it is cancelled, or where nobody who is left can move. */
async function waitUntilDrained(context: Context, session: Session, place: Place): Promise<void> {
  const { clock } = context.host;
  const signal = context.host.interrupts();
  let last = '';
  let heldSince: number | undefined;
  try {
    for (;;) {
      const drained = await drainedOf(session, place);
      if (drained?.status === 'True') return;
      const line = drained?.message ?? 'no controller has begun yet';
      if (line !== last) context.output.say(clean(line));
      last = line;
      heldSince = drained?.reason === 'Held' ? (heldSince ?? clock.monotonic()) : undefined;
      if (heldSince !== undefined && clock.monotonic() - heldSince >= heldMs) throw halted(place, line);
      await pause(context, pollMs, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    context.output.say(`the drain of ${about(place)} goes on; cancel it: cellwright uncordon ${about(place)}`);
    throw new Interrupted();
  }
}

/** The place's condition as the controller wrote it last. Throws where it does not drain any more. */
async function drainedOf(session: Session, place: Place): Promise<Condition | undefined> {
  const { kind, name } = place;
  const found = await loadObject(session, kind, name);
  if (found?.view.raw === undefined) throw noSuchRecord(kind, name);
  if (fieldOf(found.view.raw, 'state') !== 'draining') throw cancelled(place);
  const status = found.view.stored?.status?.value;
  return status === undefined ? undefined : conditionOf(status, 'Drained');
}

function halted(place: Place, why: string): CliError {
  return new CliError(
    {
      reason: 'DrainHeld',
      what: `${spoken(place.kind, place.name)} is not drained: nobody who is left can move`,
      why,
      hint: `do what would help, and the drain goes on by itself; or cancel it: cellwright uncordon ${about(place)}`,
    },
    { exitCode: exitCodes.no },
  );
}

function cancelled(place: Place): CliError {
  return new CliError(
    {
      reason: 'Cancelled',
      what: `the drain of ${about(place)} was cancelled`,
      why: 'its record does not say state: draining any more',
      hint: `order it again: ${commandOf(place)}`,
    },
    { exitCode: exitCodes.no },
  );
}
