/** Room, how long it lasts and what would make more, as people read it: for `capacity` and for rehearsals. */
import type { CapacityFigures, CapacityReport, TierCapacity } from '../model/reports.ts';
import type { Paint, Tone } from './style.ts';
import { type Column, clean, createTable } from './table.ts';

interface Row {
  readonly tier: string;
  readonly cell: string;
  readonly group: string;
  readonly figures: CapacityFigures;
}

interface Look {
  readonly paint: Paint;
  /** With a row for each infra group. */
  readonly groups: boolean;
  /** With how fast tenants come, and how long the room lasts: what a rehearsal cannot know. */
  readonly growth: boolean;
}

/** The whole report. */
export function capacityLines(report: CapacityReport, { paint, groups, growth }: Look): string[] {
  if (report.tiers.length === 0) return ['no tier has an accepted record'];
  const rows = report.tiers.flatMap(rowsOf).filter(({ group }) => groups || group === '');
  const shown = columns.filter(({ title }) => growth || title !== daysTitle);
  return [
    ...createTable(shown, rows, paint).lines(rows, true),
    ...report.tiers.flatMap((tier) => tierLines(tier, growth)),
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

const daysTitle = 'DAYS TO FULL';

const columns: readonly Column<Row>[] = [
  { title: 'TIER', text: ({ tier }) => tier },
  { title: 'CELL', text: ({ cell }) => cell || '-' },
  { title: 'GROUP', text: ({ group }) => group || '-' },
  { title: 'STATE', text: ({ figures }) => figures.state },
  { title: 'ROOM', text: ({ figures }) => (figures.room === undefined ? '?' : String(figures.room)) },
  { title: 'USED', text: ({ figures }) => (figures.usedPercent === undefined ? '-' : `${figures.usedPercent}%`) },
  { title: 'BINDING', text: ({ figures }) => figures.binding ?? '-' },
  { title: daysTitle, text: ({ figures }) => daysText(figures) },
  { title: 'LEVEL', text: ({ figures }) => figures.level, tone: ({ figures }) => tones[figures.level] },
];

function daysText({ daysToFull }: CapacityFigures): string {
  if (daysToFull === undefined) return '-';
  return daysToFull >= 3_650 ? '>10 years' : String(Math.floor(daysToFull));
}

function tierLines({ name, perDay, whatIfs, lossOf }: TierCapacity, growth: boolean): string[] {
  const more = whatIfs.map(({ what, tenants }) => `  ${what}: room for ${tenants} more`);
  const lost = lossOf.filter(({ carried }) => !carried).map(({ text }) => `  ${text}`);
  return [
    '',
    `Tier ${name}: ${growth ? `${Number(perDay.toFixed(1))} placements a day; ` : ''}room is counted in average tenants`,
    ...(more.length === 0 ? [] : ['What would make room:', ...more]),
    ...(lossOf.length === 0
      ? []
      : lost.length === 0
        ? ['The loss of any one cell could be carried by the others.']
        : ['What could not be carried:', ...lost]),
  ].map(clean);
}
