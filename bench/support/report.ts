/** What a bench says at its end: a table to read, the same as JSON in `bench/results/`, and exit code 1 when a gate fell. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** One measured number. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** A bound that a figure must keep. */
export interface Gate {
  readonly name: string;
  readonly found: number;
  readonly least?: number;
  readonly most?: number;
  readonly unit: string;
}

/** Everything one bench found. */
export interface Report {
  readonly bench: string;
  readonly figures: readonly Figure[];
  readonly gates: readonly Gate[];
  /** How to read the figures. */
  readonly notes: readonly string[];
}

/** Whether the figure is within its bounds; what could not be measured is not. */
export function holds({ found, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY }: Gate): boolean {
  return found >= least && found <= most;
}

/** Prints the report, writes its JSON, and sets the exit code. */
export function publish(report: Report): void {
  const width = Math.max(...[...report.figures, ...report.gates].map(({ name }) => name.length));
  for (const { name, value, unit } of report.figures) console.log(`${name.padEnd(width)}  ${rounded(value)} ${unit}`);
  console.log('');
  for (const gate of report.gates) {
    console.log(
      `${gate.name.padEnd(width)}  ${rounded(gate.found)} ${gate.unit}, ${bound(gate)}: ${holds(gate) ? 'holds' : 'FELL'}`,
    );
  }
  console.log('');
  for (const note of report.notes) console.log(note);
  mkdirSync('bench/results', { recursive: true });
  const path = `bench/results/${report.bench}.json`;
  writeFileSync(path, `${JSON.stringify(asJson(report), undefined, 2)}\n`);
  console.log(path);
  if (!report.gates.every(holds)) process.exitCode = 1;
}

function asJson({ bench, figures, gates, notes }: Report): object {
  return {
    bench,
    date: new Date().toISOString(),
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    gates: gates.map((gate) => ({ ...gate, found: round(gate.found), holds: holds(gate) })),
    figures: figures.map((figure) => ({ ...figure, value: round(figure.value) })),
    notes,
  };
}

function bound({ least, most }: Gate): string {
  return least === undefined ? `at most ${rounded(most ?? Number.NaN)}` : `at least ${rounded(least)}`;
}

/** Three digits that mean something. */
function round(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(value >= 1000 ? 4 : 3)) : value;
}

function rounded(value: number): string {
  return round(value).toLocaleString('en-US').padStart(9);
}
