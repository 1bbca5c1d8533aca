/**
 * Application Auto Scaling for services of ECS: scalable targets, target tracking policies, and what they do.
 *
 * CloudWatch is not simulated. What it would measure of a service is said through `metrics`; a policy whose metric nobody has set has
 * insufficient data, and does nothing.
 */
import type { SimService, World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import { activityOperations } from './activities.ts';
import { untaken } from './errors.ts';
import { type MetricControls, metricControls } from './metrics.ts';
import { policyOperations } from './policies.ts';
import type { ScalingState } from './state.ts';
import { tagOperations } from './tags.ts';
import { targetOperations } from './targets.ts';

/** Makes the Application Auto Scaling of a simulated AWS, and the hand that says what is measured. */
export function createAutoscaling(world: World): {
  service: SimService;
  metrics: MetricControls;
  state: ScalingState;
} {
  const state: ScalingState = { world, regions: new Map(), metrics: new Map(), listening: false };
  return {
    service: {
      id: 'application-autoscaling',
      operations: new Map(
        Object.entries({
          ...targetOperations(state),
          ...policyOperations(state),
          ...activityOperations(state),
          ...tagOperations(state),
        }),
      ),
      throttled: () => new AwsError('ThrottlingException', 'Rate exceeded', { status: 400 }),
      untaken,
    },
    metrics: metricControls(state),
    state,
  };
}

export type { MetricControls } from './metrics.ts';
export type { ScalingState } from './state.ts';
