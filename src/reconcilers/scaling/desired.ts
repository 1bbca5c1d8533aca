import type { Scaling } from '../../aws/ports.ts';
import { serviceName } from '../../model/names.ts';
import { canonicalHash } from '../../model/records/canonical.ts';
import type { EffectiveScaling } from '../../model/records/effective.ts';
import type { Desired, PlacementContext } from '../contract.ts';
import { ourTags } from '../marks.ts';
import { nameOfPlacement } from '../names.ts';

/** How Application Auto Scaling names the desired count of a service of ECS. */
export const countOfService = {
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
} as const;

/** The one policy of a target of ours. Policies are each target's own, so all targets may use the same name. */
export const policyName = 'cellwright';
export const policyType = 'TargetTrackingScaling';

/**
 * A scalable target and its one policy. Not here: `RoleARN`, as ECS has a service-linked role, which AWS uses whatever a call says. What the record does not
 * say (suspension, cooldowns, scale-in) stands at AWS's default.
 */
export interface ScalingContent {
  readonly ResourceId: string;
  readonly MinCapacity: number;
  readonly MaxCapacity: number;
  readonly SuspendedState: Scaling.SuspendedState;
  readonly TargetTrackingScalingPolicyConfiguration: Scaling.TargetTrackingScalingPolicyConfiguration;
  readonly tags: Readonly<Record<string, string>>;
}

/** AWS's default: nothing is suspended. */
const running: Scaling.SuspendedState = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};

const metricTypes = {
  cpu: 'ECSServiceAverageCPUUtilization',
  memory: 'ECSServiceAverageMemoryUtilization',
  requests: 'ALBRequestCountPerTarget',
} as const satisfies Record<Extract<EffectiveScaling, { mode: 'target-tracking' }>['metric'], Scaling.MetricType>;

/** The name in Application Auto Scaling: that of the service whose count it sets. The incarnation of the target is not in it. */
export function resourceIdOf(context: PlacementContext): string {
  const service = context.placement.resources.service?.name ?? serviceName(1);
  return `service/${nameOfPlacement(context)}/${service}`;
}

/**
 * Desired scalable target. None where another hand or the record itself says how many tasks run, and none without tasks: what is suspended, deleted or leaving
 * must not be scaled back to life.
 */
export function desiredScaling(context: PlacementContext): Desired<ScalingContent> {
  const { scaling } = context.effective.service;
  if (scaling.mode !== 'target-tracking' || context.tasks === 0) return { state: 'none' };
  const { service, target_group } = context.placement.resources;
  if (service?.arn === undefined) return { state: 'waiting', on: 'service' };
  if (target_group?.arn === undefined) return { state: 'waiting', on: 'target_group' };
  const label =
    scaling.metric === 'requests'
      ? { ResourceLabel: resourceLabel(context.group.loadBalancerArn, target_group.arn) }
      : {};
  const value: ScalingContent = {
    ResourceId: resourceIdOf(context),
    MinCapacity: scaling.min,
    MaxCapacity: scaling.max,
    SuspendedState: running,
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: scaling.target,
      PredefinedMetricSpecification: { PredefinedMetricType: metricTypes[scaling.metric], ...label },
    },
    tags: ourTags(context),
  };
  return { state: 'known', value, hash: canonicalHash(value) };
}

/** The last parts of both ARNs: `app/<name>/<id>/targetgroup/<name>/<id>` (PredefinedMetricSpecification, API reference). */
function resourceLabel(loadBalancerArn: string, targetGroupArn: string): string {
  const balancer = loadBalancerArn.split(':loadbalancer/').at(-1) ?? '';
  return `${balancer}/${targetGroupArn.split(':').at(-1) ?? ''}`;
}
