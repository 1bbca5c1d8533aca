/** What PutScalingPolicy accepts as a target tracking configuration. */
import type {
  PredefinedMetricSpecification,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { MetricType } from '@aws-sdk/client-application-auto-scaling';
import { plainCopy } from '../plain-copy.ts';
import { validation } from './errors.ts';
import { checkLength, oneOf } from './names.ts';
import {
  type ScalingState,
  type TargetRecord,
  type TrackedMetric,
  type TrackingConfiguration,
  trackedMetrics,
} from './state.ts';

/** Source: TargetTrackingScalingPolicyConfiguration, API reference. */
const largestTarget = 2 ** 360;

/** Checks a configuration. Throws ValidationException. */
export function configurationOf(
  state: ScalingState,
  target: TargetRecord,
  given: TargetTrackingScalingPolicyConfiguration,
): TrackingConfiguration {
  const { TargetValue: targetValue, PredefinedMetricSpecification: predefined } = given;
  if (targetValue === undefined || !(targetValue > 0) || targetValue > largestTarget) {
    throw validation(`Target value must be greater than 0 and at most 2^360; found ${targetValue}.`);
  }
  checkCooldown('scaleOutCooldown', given.ScaleOutCooldown);
  checkCooldown('scaleInCooldown', given.ScaleInCooldown);
  if (predefined === undefined) {
    throw validation('A predefined metric specification or a customized metric specification is required.');
  }
  const metric = metricOf(predefined);
  if (predefined.ResourceLabel !== undefined) checkLength('resourceLabel', predefined.ResourceLabel, 1_023);
  if (metric === 'ALBRequestCountPerTarget') checkLabel(state, target, predefined.ResourceLabel);
  else if (predefined.ResourceLabel !== undefined) {
    throw validation(`A resource label cannot be specified for predefined metric type ${metric}.`);
  }
  return { metric, targetValue, given: plainCopy(given) };
}

function metricOf({ PredefinedMetricType: type = '' as MetricType }: PredefinedMetricSpecification): TrackedMetric {
  oneOf('predefinedMetricType', type, Object.values(MetricType));
  const found = trackedMetrics.find((metric) => metric === type);
  if (found === undefined)
    throw validation(`Predefined metric type ${type} is not supported for service namespace ecs.`);
  return found;
}

function checkCooldown(member: string, seconds: number | undefined): void {
  if (seconds === undefined || (Number.isInteger(seconds) && seconds >= 0)) return;
  throw validation(`${member} must be an integer from 0; found ${seconds}.`);
}

/**
 * The last parts of the ARNs of a load balancer and of a target group of the service that it forwards to.
 * Source: PredefinedMetricSpecification, API reference.
 */
function checkLabel(state: ScalingState, target: TargetRecord, label: string | undefined): void {
  if (label === undefined) {
    throw validation('Resource label should be specified for predefined metric type ALBRequestCountPerTarget.');
  }
  const [, balancer, group] = /^(app\/[^/]+\/[^/]+)\/(targetgroup\/[^/]+\/[^/]+)$/.exec(label) ?? [];
  if (balancer === undefined || group === undefined) throw validation(`Invalid resource label: ${label}`);
  const { targetGroupArns = [] } = state.world.ecs.scalableService(target.address) ?? {};
  const groupArn = targetGroupArns.find((arn) => arn.endsWith(`:${group}`));
  if (groupArn === undefined) throw validation(`The target group is not attached to the ECS service: ${group}`);
  const { loadBalancerArns = [] } = state.world.elb.targetGroup(groupArn) ?? {};
  if (loadBalancerArns.some((arn) => arn.endsWith(`:loadbalancer/${balancer}`))) return;
  // Text as observed.
  throw validation('The load balancer does not route traffic to the target group');
}
