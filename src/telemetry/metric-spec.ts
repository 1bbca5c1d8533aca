/** What the catalogue says of one metric. */
export interface MetricSpec {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  /** What one unit of the value is. */
  readonly unit: string;
  /** `stable`: name, labels and meaning stay. `beta`: may change with a major version. `alpha`: may change at any time. */
  readonly stability: 'stable' | 'beta' | 'alpha';
  readonly help: string;
  /** Closed label sets: counters and histograms start at 0 for every combination when all labels have one. */
  readonly values?: Readonly<Record<string, readonly string[]>>;
  /** Upper bounds of a histogram's buckets, in its unit. */
  readonly buckets?: readonly number[];
}

/** Buckets of runs and waits, in seconds (controller-runtime's span, thinned). */
export const runBuckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

/** Buckets of whole moves, in seconds. */
export const moveBuckets = [120, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 14_400, 86_400] as const;

/** Buckets of what takes AWS's own time, in seconds. */
export const healBuckets = [1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 900] as const;
