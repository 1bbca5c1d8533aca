import { fleetMetrics } from './catalogue-fleet.ts';
import { loopMetrics } from './catalogue-loop.ts';
import { runtimeMetrics } from './catalogue-runtime.ts';
import type { MetricSpec } from './metric-spec.ts';

/** Every metric of ours, once. The registry, the zeros that counters start from and the reference page are made from this. */
export const catalogue = { ...runtimeMetrics, ...loopMetrics, ...fleetMetrics } as const;

export type Catalogue = typeof catalogue;
export type MetricName = keyof Catalogue;

type NamesOf<T extends MetricSpec['type']> = {
  [N in MetricName]: Catalogue[N]['type'] extends T ? N : never;
}[MetricName];

export type CounterName = NamesOf<'counter'>;
export type GaugeName = NamesOf<'gauge'>;
export type HistogramName = NamesOf<'histogram'>;

/** The labels of a metric: exactly those of the catalogue. */
export type LabelsOf<N extends MetricName> = Readonly<Record<Catalogue[N]['labels'][number], string>>;

/** What the catalogue says of a metric, its literal types forgotten. */
export function specOf(name: MetricName): MetricSpec {
  return catalogue[name];
}

/** All names, in the order of the catalogue. */
export const metricNames = Object.keys(catalogue) as readonly MetricName[];
