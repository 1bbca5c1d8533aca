import type { Scaling } from '../../aws/ports.ts';
import type { FieldChange } from '../../model/resources.ts';
import { fieldChanges } from '../fields.ts';
import { tagChanges } from '../marks.ts';
import { policyName, policyType, type ScalingContent } from './desired.ts';
import type { LiveScaling } from './observe.ts';

/**
 * What is not as desired of the target, our policy, and our tags. Other policies on a target of ours are told under `PolicyName`: AWS follows the policy that wants most, so
 * one more of them decides about the count as ours does.
 */
export function diffScaling(desired: ScalingContent, live: LiveScaling): readonly FieldChange[] {
  const { target, policies, tags } = live;
  const { MinCapacity, MaxCapacity, SuspendedState } = desired;
  const extra = otherPolicies(policies).map(({ PolicyName }) => PolicyName ?? '');
  const own = policies.find(isOurs)?.TargetTrackingScalingPolicyConfiguration;
  const tracking = desired.TargetTrackingScalingPolicyConfiguration;
  return [
    ...fieldChanges(
      { MinCapacity, MaxCapacity, SuspendedState: canonicalSuspension(SuspendedState) },
      { ...target, SuspendedState: canonicalSuspension(target.SuspendedState) },
    ),
    ...fieldChanges(
      { TargetTrackingScalingPolicyConfiguration: canonicalTracking(tracking) },
      { TargetTrackingScalingPolicyConfiguration: own === undefined ? null : canonicalTracking(own) },
    ),
    ...(extra.length === 0 ? [] : [{ field: 'PolicyName', before: extra.sort(), after: [] }]),
    ...tagChanges('Tags', tags, desired.tags),
  ];
}

/** Policies that are not ours. One of our name and another type is not what we made: AWS cannot change a policy's type. */
export function otherPolicies(policies: readonly Scaling.ScalingPolicy[]): readonly Scaling.ScalingPolicy[] {
  return policies.filter((policy) => !isOurs(policy));
}

function isOurs({ PolicyName, PolicyType }: Scaling.ScalingPolicy): boolean {
  return PolicyName === policyName && PolicyType === policyType;
}

function canonicalSuspension(state: Scaling.SuspendedState | undefined): Required<Scaling.SuspendedState> {
  return {
    DynamicScalingInSuspended: state?.DynamicScalingInSuspended ?? false,
    DynamicScalingOutSuspended: state?.DynamicScalingOutSuspended ?? false,
    ScheduledScalingSuspended: state?.ScheduledScalingSuspended ?? false,
  };
}

/** What AWS takes where a policy of an ECS service does not say it ("Define cooldown periods", Application Auto Scaling user guide). */
const usualCooldownSeconds = 300;

function canonicalTracking(configuration: Scaling.TargetTrackingScalingPolicyConfiguration): object {
  const { ScaleOutCooldown, ScaleInCooldown, DisableScaleIn, ...rest } = configuration;
  return {
    ...rest,
    ScaleOutCooldown: ScaleOutCooldown ?? usualCooldownSeconds,
    ScaleInCooldown: ScaleInCooldown ?? usualCooldownSeconds,
    DisableScaleIn: DisableScaleIn ?? false,
  };
}
