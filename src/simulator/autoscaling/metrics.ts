/** What CloudWatch measures of services of ECS: nothing by itself, only what tests and demos say. */
import { regionOf, type ScalingState, type TrackedMetric, trackedMetrics } from './state.ts';
import { watch } from './tracking.ts';

/** What tests and demos may say about the load of services. */
export interface MetricControls {
  /**
   * From now on CloudWatch has this value of the metric in every period, until another is set; undefined: no data. Throws `RangeError` for
   * what is no ARN of a service (in the long format), no metric that services are scaled by, or no finite number from 0.
   */
  set(datum: ServiceMetric): void;
}

/** One measured value. */
export interface ServiceMetric {
  /** The service's ARN. */
  readonly service: string;
  readonly metric: TrackedMetric;
  readonly value: number | undefined;
}

/** The controls of one world. */
export function metricControls(state: ScalingState): MetricControls {
  return { set: (datum) => setMetric(state, datum) };
}

function setMetric(state: ScalingState, { service, metric, value }: ServiceMetric): void {
  const [, region, account, resourceId] = /^arn:[^:]+:ecs:([^:]+):([^:]+):(service\/[^/]+\/[^/]+)$/.exec(service) ?? [];
  if (region === undefined || account === undefined || resourceId === undefined) {
    throw new RangeError(
      `metrics: found service ${service}, expected arn:aws:ecs:<region>:<account>:service/<cluster>/<service>`,
    );
  }
  if (!trackedMetrics.includes(metric)) {
    throw new RangeError(`metrics: found metric ${metric}, expected one of ${trackedMetrics.join(', ')}`);
  }
  if (value !== undefined && (!Number.isFinite(value) || value < 0)) {
    throw new RangeError(`metrics: found value ${value}, expected a finite number from 0`);
  }
  const measured = state.metrics.get(service) ?? new Map<TrackedMetric, number>();
  if (value === undefined) measured.delete(metric);
  else measured.set(metric, value);
  if (measured.size > 0) state.metrics.set(service, measured);
  else state.metrics.delete(service);
  const target = regionOf(state, { account, region }).targets.get(resourceId);
  if (target !== undefined) watch(state, target);
}
