/** Scaling policies: PutScalingPolicy, DeleteScalingPolicy, DescribeScalingPolicies. */
import type {
  Alarm,
  DeleteScalingPolicyRequest,
  DescribeScalingPoliciesRequest,
  DescribeScalingPoliciesResponse,
  PutScalingPolicyRequest,
  PutScalingPolicyResponse,
  ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import { PolicyType } from '@aws-sdk/client-application-auto-scaling';
import type { Call, Operation } from '../kernel.ts';
import { plainCopy } from '../plain-copy.ts';
import { limitExceeded, objectNotFound, validation } from './errors.ts';
import {
  addressOf,
  checkFilter,
  checkLength,
  checkNames,
  described,
  findTarget,
  oneOf,
  targetName,
  visibleTargets,
} from './names.ts';
import { operation } from './operation.ts';
import { page } from './page.ts';
import { configurationOf } from './policy-input.ts';
import {
  dimension,
  type PolicyRecord,
  type ScalingState,
  type TargetRecord,
  type TrackingConfiguration,
  uuid,
} from './state.ts';
import { unwatch, watch } from './tracking.ts';

/** Source: DescribeScalingPolicies, API reference. */
const largestPage = 10;
const tracking = 'TargetTrackingScalingPolicyConfiguration';

/** The operations on scaling policies. */
export function policyOperations(state: ScalingState): Record<string, Operation> {
  return {
    PutScalingPolicy: operation(
      'write',
      [
        'PolicyName',
        ...targetName,
        'PolicyType',
        `${tracking}.TargetValue`,
        `${tracking}.PredefinedMetricSpecification`,
        `${tracking}.ScaleOutCooldown`,
        `${tracking}.ScaleInCooldown`,
        `${tracking}.DisableScaleIn`,
      ],
      (input: PutScalingPolicyRequest, call) => putPolicy(state, input, call),
      (input) => [input.ResourceId],
    ),
    DeleteScalingPolicy: operation(
      'write',
      ['PolicyName', ...targetName],
      (input: DeleteScalingPolicyRequest, call) => deletePolicy(state, input, call),
      (input) => [input.ResourceId],
    ),
    DescribeScalingPolicies: operation(
      'read',
      ['PolicyNames', ...targetName, 'MaxResults', 'NextToken'],
      (input: DescribeScalingPoliciesRequest, call) => describePolicies(state, input, call),
      (input) => [input.ResourceId],
    ),
  };
}

/** Makes a policy, or changes the one of that name; a configuration that is given replaces the former as a whole. */
function putPolicy(state: ScalingState, input: PutScalingPolicyRequest, call: Call): PutScalingPolicyResponse {
  const { PolicyName: name = '', PolicyType: type } = input;
  checkLength('policyName', name, 256);
  if (!/^[^\p{Cc}\p{Cn}]+$/u.test(name)) throw validation(`Invalid policy name: ${name}`);
  const target = findTarget(state, call, input, 'registered');
  const existing = target.policies.get(name);
  checkType(type, existing);
  const given = input.TargetTrackingScalingPolicyConfiguration ?? existing?.configuration.given;
  if (given === undefined) throw validation(`${tracking} is required for policy type TargetTrackingScaling.`);
  const configuration = configurationOf(state, target, given);
  checkOnlyOne(target, name, configuration);
  const policy = existing ?? newPolicy(state, target, name, configuration);
  change(state, target, policy, configuration);
  unwatch(target);
  watch(state, target);
  return { PolicyARN: policy.arn, Alarms: alarmsOf(target, policy) };
}

function checkType(type: string | undefined, existing: PolicyRecord | undefined): void {
  if (type === undefined) {
    if (existing === undefined) throw validation('Policy type is required to create a scaling policy.');
    return;
  }
  oneOf('policyType', type, Object.values(PolicyType));
  if (type !== 'TargetTrackingScaling') throw validation(`Policy type ${type} is not supported.`);
}

function checkOnlyOne(target: TargetRecord, name: string, { metric, given }: TrackingConfiguration): void {
  const label = given.PredefinedMetricSpecification?.ResourceLabel;
  for (const other of target.policies.values()) {
    const { configuration } = other;
    if (other.name === name || configuration.metric !== metric) continue;
    if (configuration.given.PredefinedMetricSpecification?.ResourceLabel !== label) continue;
    // Text as observed.
    throw validation('Only one TargetTrackingScaling policy for a given metric specification is allowed.');
  }
}

function newPolicy(
  state: ScalingState,
  target: TargetRecord,
  name: string,
  configuration: TrackingConfiguration,
): PolicyRecord {
  const most = state.world.quotas.get(target.address, 'policiesPerScalableTarget');
  if (target.policies.size >= most) {
    throw limitExceeded(`You have reached the maximum number of scaling policies per scalable target: ${most}.`);
  }
  const policy: PolicyRecord = {
    name,
    arn: `${target.policyScope}:policyName/${name}`,
    createdAt: state.world.now(),
    configuration,
    alarmHigh: alarmName(state, target, 'High'),
    alarmLow: undefined,
    highPeriods: 0,
    lowPeriods: 0,
  };
  target.policies.set(name, policy);
  return policy;
}

/** An alarm on another threshold or metric starts to count anew. */
function change(
  state: ScalingState,
  target: TargetRecord,
  policy: PolicyRecord,
  configuration: TrackingConfiguration,
): void {
  const before = policy.configuration;
  if (before.metric !== configuration.metric || before.targetValue !== configuration.targetValue) {
    policy.highPeriods = 0;
    policy.lowPeriods = 0;
  }
  policy.configuration = configuration;
  policy.alarmLow =
    configuration.given.DisableScaleIn === true ? undefined : (policy.alarmLow ?? alarmName(state, target, 'Low'));
}

function alarmName(state: ScalingState, target: TargetRecord, side: 'High' | 'Low'): string {
  return `TargetTracking-${target.resourceId}-Alarm${side}-${uuid(state, 'autoscaling/alarm')}`;
}

function alarmsOf({ address }: TargetRecord, { alarmHigh, alarmLow }: PolicyRecord): Alarm[] {
  return [alarmHigh, ...(alarmLow === undefined ? [] : [alarmLow])].map((name) => ({
    AlarmName: name,
    AlarmARN: `arn:aws:cloudwatch:${address.region}:${address.account}:alarm:${name}`,
  }));
}

function deletePolicy(state: ScalingState, input: DeleteScalingPolicyRequest, call: Call): object {
  const { PolicyName: name = '' } = input;
  checkLength('policyName', name);
  const target = findTarget(state, call, input, 'found');
  if (!target.policies.delete(name)) {
    throw objectNotFound(`No scaling policy found for ${described(input)}, policy name: ${name}`);
  }
  unwatch(target);
  watch(state, target);
  return {};
}

function describePolicies(
  state: ScalingState,
  input: DescribeScalingPoliciesRequest,
  call: Call,
): DescribeScalingPoliciesResponse {
  const { PolicyNames: names = [], ResourceId: resourceId } = input;
  checkFilter(input, resourceId !== undefined);
  checkNames('policyNames', names);
  if (resourceId !== undefined) addressOf(call, resourceId);
  const wanted = visibleTargets(state, call)
    .filter((target) => resourceId === undefined || target.resourceId === resourceId)
    .flatMap((target) => [...target.policies.values()].map((policy) => ({ target, policy })))
    .filter(({ policy }) => names.length === 0 || names.includes(policy.name));
  const { items, next } = page(wanted, ({ policy }) => policy.arn, input, largestPage);
  return { ScalingPolicies: items.map(({ target, policy }) => policyView(target, policy)), ...next };
}

function policyView(target: TargetRecord, policy: PolicyRecord): ScalingPolicy {
  return {
    PolicyARN: policy.arn,
    PolicyName: policy.name,
    ServiceNamespace: 'ecs',
    ResourceId: target.resourceId,
    ScalableDimension: dimension,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: plainCopy(policy.configuration.given),
    Alarms: alarmsOf(target, policy),
    CreationTime: new Date(policy.createdAt),
  };
}
