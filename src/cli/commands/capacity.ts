/** `capacity`: the room that is left, how long it lasts, and what would make more. */
import type { CapacityFigures, CapacityReport, TierCapacity } from '../../model/reports.ts';
import { ask, type Terms } from '../answers.ts';
import type { Context } from '../context.ts';
import { usage } from '../edit.ts';
import { CliError, exitCodes } from '../errors.ts';
import type { Tone } from '../style.ts';
import { type Column, clean, createTable } from '../table.ts';
import { requireKind, requireName } from '../words.ts';

interface Row {
  readonly tier: string;
  readonly cell: string;
  readonly group: string;
  readonly figures: CapacityFigures;
}

/** Shows all tiers, or one. 0, or 2 where it cannot be told. */
export async function capacity(
  context: Context,
  word: string | undefined,
  name: string | undefined,
  options: { readonly local: boolean },
): Promise<number> {
  const tier = tierOf(word, name);
  const terms: Terms = tier === undefined ? {} : { tier };
  const report = await ask(context, 'capacity', terms, { local: options.local, command: 'cellwright capacity' });
  if (tier !== undefined && report.tiers.length === 0) {
    throw new CliError({
      reason: 'NotFound',
      what: `there is no tier ${tier}`,
      why: 'the controller knows of none of that name',
      hint: 'list what there is: cellwright get tiers',
    });
  }
  await context.output.data(report, () => linesOf(context, report));
  return exitCodes.yes;
}

function tierOf(word: string | undefined, name: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  if (requireKind(word) !== 'Tier' || name === undefined)
    throw usage(
      'capacity',
      'it is shown for all tiers or for one',
      'cellwright capacity, or cellwright capacity tier NAME',
    );
  return requireName('Tier', name);
}

function linesOf(context: Context, report: CapacityReport): string[] {
  if (report.tiers.length === 0) return ['no tier has an accepted record'];
  const rows = report.tiers.flatMap(rowsOf);
  const { paint } = context.output;
  return [
    ...createTable(columns, rows, paint).lines(rows, true),
    ...report.tiers.flatMap(tierLines),
    ...(report.warnings.length === 0 ? [] : ['', 'Warnings:']),
    ...report.warnings.map(({ severity, text }) =>
      paint(severity === 'critical' ? 'bad' : 'busy', clean(`  ${severity}: ${text}`)),
    ),
  ];
}

function rowsOf(tier: TierCapacity): Row[] {
  const row = (cell: string, group: string, figures: CapacityFigures): Row => ({
    tier: tier.name,
    cell,
    group,
    figures,
  });
  return [
    row('', '', tier),
    ...tier.cells.flatMap((cell) => [
      row(cell.name, '', cell),
      ...cell.groups.map((group) => row(cell.name, group.name, group)),
    ]),
  ];
}

const tones: Readonly<Record<CapacityFigures['level'], Tone | undefined>> = {
  room: undefined,
  filling: 'busy',
  low: 'busy',
  critical: 'bad',
};

const columns: readonly Column<Row>[] = [
  { title: 'TIER', text: ({ tier }) => tier },
  { title: 'CELL', text: ({ cell }) => cell || '-' },
  { title: 'GROUP', text: ({ group }) => group || '-' },
  { title: 'STATE', text: ({ figures }) => figures.state },
  { title: 'ROOM', text: ({ figures }) => (figures.room === undefined ? '?' : String(figures.room)) },
  { title: 'USED', text: ({ figures }) => (figures.usedPercent === undefined ? '-' : `${figures.usedPercent}%`) },
  { title: 'BINDING', text: ({ figures }) => figures.binding ?? '-' },
  { title: 'DAYS TO FULL', text: ({ figures }) => daysText(figures) },
  { title: 'LEVEL', text: ({ figures }) => figures.level, tone: ({ figures }) => tones[figures.level] },
];

function daysText({ daysToFull }: CapacityFigures): string {
  if (daysToFull === undefined) return '-';
  return daysToFull >= 3_650 ? '>10 years' : String(Math.floor(daysToFull));
}

function tierLines({ name, perDay, whatIfs, lossOf }: TierCapacity): string[] {
  const more = whatIfs.map(({ what, tenants }) => `  ${what}: room for ${tenants} more`);
  const lost = lossOf.filter(({ carried }) => !carried).map(({ text }) => `  ${text}`);
  return [
    '',
    `Tier ${name}: ${Number(perDay.toFixed(1))} placements a day; room is counted in average tenants`,
    ...(more.length === 0 ? [] : ['What would make room:', ...more]),
    ...(lossOf.length === 0
      ? []
      : lost.length === 0
        ? ['The loss of any one cell could be carried by the others.']
        : ['What could not be carried:', ...lost]),
  ].map(clean);
}
