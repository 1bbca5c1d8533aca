import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelsOf,
  type MetricName,
  metricNames,
  specOf,
} from './catalogue.ts';
import { LabelGuard } from './label-guard.ts';
import { zerosOf } from './zeros.ts';

/** The metrics of one process. Names, labels and types are the catalogue's; every label value passes a guard against unbounded sets. */
export interface Metrics {
  /** Adds `by` (1, never negative) to a counter. */
  inc<N extends CounterName>(name: N, labels: LabelsOf<N>, by?: number): void;
  set<N extends GaugeName>(name: N, labels: LabelsOf<N>, value: number): void;
  /** Drops all series of a gauge that is about to be set anew; those of a closed label set stand at 0. */
  clear(name: GaugeName): void;
  /** Adds a value (in the metric's unit) to a histogram. */
  observe<N extends HistogramName>(name: N, labels: LabelsOf<N>, value: number): void;
  /** Runs `collect` before each scrape. A collector that throws fails the scrape. */
  beforeScrape(collect: () => void): void;
  /** Everything in Prometheus' text format. */
  text(): Promise<string>;
  /** The series of every counter and gauge as a scrape would show them now. */
  values(): Promise<MetricValues>;
}

/** Series by metric: one value for each set of labels. */
export type MetricValues = ReadonlyMap<MetricName, readonly MetricSeries[]>;

export interface MetricSeries {
  readonly labels: Readonly<Partial<Record<string, string | number>>>;
  readonly value: number;
}

export interface MetricsOptions {
  /** Whether `process_*` and `nodejs_*` are there too (true). They watch the process, so one registry of a process should have them. */
  readonly process?: boolean;
}

interface Registered<M> {
  readonly metric: M;
  readonly guard: LabelGuard;
}

/** Creates a registry with every metric of the catalogue, counters of closed label sets at 0. */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  return new PromMetrics(options);
}

class PromMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #counters = new Map<MetricName, Registered<Counter>>();
  readonly #gauges = new Map<MetricName, Registered<Gauge>>();
  readonly #histograms = new Map<MetricName, Registered<Histogram>>();
  readonly #collectors: (() => void)[] = [];

  constructor(options: MetricsOptions) {
    for (const name of metricNames) this.#register(name);
    if (options.process !== false) collectDefaultMetrics({ register: this.#registry });
  }

  inc<N extends CounterName>(name: N, labels: LabelsOf<N>, by = 1): void {
    const { metric, guard } = known(this.#counters, name);
    metric.inc(guard.pass(labels).labels, by);
  }

  set<N extends GaugeName>(name: N, labels: LabelsOf<N>, value: number): void {
    const { metric, guard } = known(this.#gauges, name);
    const passed = guard.pass(labels);
    // What several series were folded into shows their sum.
    if (passed.folded) metric.inc(passed.labels, value);
    else metric.set(passed.labels, value);
  }

  clear(name: GaugeName): void {
    const { metric, guard } = known(this.#gauges, name);
    metric.reset();
    guard.forget();
    for (const labels of zerosOf(name)) metric.set(labels, 0);
  }

  observe<N extends HistogramName>(name: N, labels: LabelsOf<N>, value: number): void {
    const { metric, guard } = known(this.#histograms, name);
    metric.observe(guard.pass(labels).labels, value);
  }

  beforeScrape(collect: () => void): void {
    this.#collectors.push(collect);
  }

  async text(): Promise<string> {
    this.#collect();
    return this.#registry.metrics();
  }

  async values(): Promise<MetricValues> {
    this.#collect();
    // Asked of all in one turn, so that no scrape comes between.
    const asked = [...this.#counters, ...this.#gauges].map(
      async ([name, { metric }]) => [name, (await metric.get()).values] as const,
    );
    return new Map(await Promise.all(asked));
  }

  #collect(): void {
    for (const collect of this.#collectors) collect();
  }

  #register(name: MetricName): void {
    const spec = specOf(name);
    const guard = new LabelGuard(spec.values);
    const base = { name, help: spec.help, labelNames: [...spec.labels], registers: [this.#registry] };
    switch (spec.type) {
      case 'counter': {
        const metric = new Counter(base);
        for (const labels of zerosOf(name)) metric.inc(labels, 0);
        this.#counters.set(name, { metric, guard });
        return;
      }
      case 'gauge': {
        const metric = new Gauge(base);
        for (const labels of zerosOf(name)) metric.set(labels, 0);
        this.#gauges.set(name, { metric, guard });
        return;
      }
      case 'histogram': {
        const metric = new Histogram({ ...base, buckets: [...(spec.buckets ?? [])] });
        for (const labels of zerosOf(name)) metric.zero(labels);
        this.#histograms.set(name, { metric, guard });
        return;
      }
      default:
        spec.type satisfies never;
    }
  }
}

function known<M>(metrics: ReadonlyMap<MetricName, Registered<M>>, name: MetricName): Registered<M> {
  const found = metrics.get(name);
  if (found === undefined) throw new RangeError(`metric ${name} is not in the catalogue under this type`);
  return found;
}
