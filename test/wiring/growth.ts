/** The walk of docs/guides/growing.md: its stages as rehearsals, and what the guide says that each prints. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { RehearsalReport } from '../../src/cli/rehearsal.ts';
import { reportLines } from '../../src/cli/rehearse-output.ts';
import { paintOf } from '../../src/cli/style.ts';
import { parseDocuments } from '../../src/model/records/documents.ts';
import type { PlainRecord } from '../support/fleet-plan.ts';
import { play } from './rehearse-support.ts';

/** What is written in one stage: files of examples/growth, and tenants by number. A stage that is only tried leaves nothing behind. */
interface Stage {
  readonly files: readonly string[];
  readonly tenants?: readonly [from: number, to: number];
  readonly tried?: true;
}

/** In the order of the guide. The first stands already when the walk begins. */
export const stages = {
  start: { files: ['1-start.yaml'] },
  ten: { files: [], tenants: [1, 10] },
  'a first warning': { files: [], tenants: [11, 45] },
  'the first warning ignored': { files: [], tenants: [46, 60], tried: true },
  'a quota raised': { files: ['2-quota.yaml'], tenants: [46, 80] },
  'the second warning ignored': { files: [], tenants: [81, 95], tried: true },
  'a second load balancer': { files: ['3-group.yaml'], tenants: [81, 100] },
  'a second account': { files: ['4-cell.yaml'] },
  'three hundred and twenty': { files: [], tenants: [101, 320] },
  'a thousand': { files: ['5-scale.yaml'], tenants: [321, 1_000] },
} as const satisfies Readonly<Record<string, Stage>>;

export type StageName = keyof typeof stages;

const root = new URL('../../', import.meta.url);

/** Plays one stage on top of all before it, as the guide does. */
export function playStage(name: StageName): Promise<RehearsalReport> {
  const names = Object.keys(stages) as StageName[];
  const before = names.slice(0, names.indexOf(name)).map((one): Stage => stages[one]);
  const base = new Map<string, PlainRecord>();
  for (const stage of before.filter(({ tried }) => tried !== true))
    for (const record of recordsOf(stage)) base.set(`${record.kind}/${record.name}`, record);
  return play(recordsOf(stages[name]), { base: [...base.values()] });
}

function recordsOf({ files, tenants: [from, to] = [1, 0] }: Stage): readonly PlainRecord[] {
  const named = Array.from({ length: to - from + 1 }, (_, index) => ({
    kind: 'Tenant',
    name: `t${String(from + index).padStart(4, '0')}`,
    spec: { tier: 'main' },
  }));
  return [...files.flatMap(inFile), ...named] as readonly PlainRecord[];
}

function inFile(name: string): readonly PlainRecord[] {
  const text = readFileSync(new URL(`examples/growth/${name}`, root), 'utf8');
  return parseDocuments(text).records.map(({ raw }) => raw as PlainRecord);
}

/** The thresholds that were crossed, in order. */
export function warnings({ events }: RehearsalReport): readonly string[] {
  return events
    .filter(({ reason }) => ['FillingUp', 'CapacityLow', 'CapacityCritical'].includes(reason))
    .map(({ kind, name, type, message }) => `${type} ${kind} ${name}: ${message}`);
}

/** Expects that a report, as people read it, has every line that the guide shows for the stage; times, and what takes how much of them, are estimates, and any will do. */
export function expectAsTold(name: StageName, report: RehearsalReport): void {
  const printed = new Set(reportLines(report, { wide: false, paint: paintOf(false) }).map(timeless));
  const told = blocks()[Object.keys(stages).indexOf(name) - 1] ?? [];
  expect(told.length).toBeGreaterThan(3);
  expect(told.filter((line) => !printed.has(timeless(line)))).toEqual([]);
}

/** The blocks of the guide that show what a rehearsal printed, without what is left out. */
function blocks(): readonly (readonly string[])[] {
  const guide = readFileSync(new URL('docs/guides/growing.md', root), 'utf8');
  return [...guide.matchAll(/```text\n([^`]*)```/g)].map(([, block = '']) =>
    block.split('\n').filter((line) => line.trim() !== '' && line.trim() !== '...'),
  );
}

function timeless(line: string): string {
  return line
    .replaceAll(/\b\d+[hms]\b/g, 'T')
    .replaceAll(/T T/g, 'T')
    .replace(/^( *binds .*) \d+ % of/, '$1 X % of')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
