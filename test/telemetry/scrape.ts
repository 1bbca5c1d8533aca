import type { Metrics } from '../../src/telemetry/metrics.ts';

/** One series as the text format has it. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a scraper reads. Knows nothing of how it was made. */
export async function scrape(metrics: Pick<Metrics, 'text'>): Promise<readonly Series[]> {
  const lines = (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, name = '', labelText = '', value = ''] = /^([a-zA-Z0-9_:]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === '') throw new Error(`not a line of the text format: ${line}`);
    const labels = [...labelText.matchAll(/([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"/g)].map((match) => [match[1], match[2]]);
    return { name, labels: Object.fromEntries(labels) as Record<string, string>, value: Number(value) };
  });
}

/** The value of the series with just these labels; undefined when there is none. */
export async function valueOf(
  metrics: Pick<Metrics, 'text'>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number | undefined> {
  const found = (await scrape(metrics)).find(
    (series) =>
      series.name === name &&
      Object.keys(series.labels).length === Object.keys(labels).length &&
      Object.entries(labels).every(([label, value]) => series.labels[label] === value),
  );
  return found?.value;
}
