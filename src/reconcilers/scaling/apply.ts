import type { Scaling } from '../../aws/ports.ts';
import { CallError } from '../../model/errors.ts';
import type { FieldChange, InventoryResource } from '../../model/resources.ts';
import type { Access, Applied, Created, PlacementContext, RetireStep } from '../contract.ts';
import { answeredArn } from '../fields.ts';
import { markFault } from '../marks.ts';
import { countOfService, policyName, policyType, resourceIdOf, type ScalingContent } from './desired.ts';
import { otherPolicies } from './diff.ts';
import { type LiveScaling, targetTags } from './observe.ts';

/**
 * Registers the target, then its policy. The tags go with the call that registers: AWS refuses tags for a target that stands already, and so changes nothing of one that may be
 * somebody else's. Registering moves a count that is out of bounds into them.
 */
export async function createScaling(
  access: Access,
  context: PlacementContext,
  desired: ScalingContent,
  entry: InventoryResource,
): Promise<Created> {
  try {
    const arn = await register(access, desired, { Tags: { ...desired.tags } });
    return await withPolicy(access, desired, arn);
  } catch (error) {
    if (!(error instanceof CallError) || error.class !== 'conflict') throw error;
    return await claim(access, context, desired, error);
  } finally {
    forget(access, desired.ResourceId, entry.arn);
  }
}

/** A target that was registered a moment ago may not be known yet to the call that puts its policy: that follows then. */
async function withPolicy(access: Access, desired: ScalingContent, arn: string): Promise<Created> {
  try {
    await putPolicy(access, desired);
    return { outcome: 'created', arn };
  } catch (error) {
    if (!(error instanceof CallError) || error.class !== 'waiting') throw error;
    return { outcome: 'created', arn, partial: true };
  }
}

/** A target stands already: ours, of a call whose answer was lost, or a stranger's. */
async function claim(
  access: Access,
  context: PlacementContext,
  desired: ScalingContent,
  refusal: CallError,
): Promise<Created> {
  const id = desired.ResourceId;
  const target = await access.cell.views.scalableTarget(id, { maxAgeMs: 0 });
  const arn = target?.ScalableTargetARN;
  const tags = arn === undefined ? undefined : await targetTags(access, id, arn, 0);
  if (arn === undefined || tags === undefined) throw notVisible(id, refusal);
  const fault = markFault(tags, context);
  if (fault !== undefined) return { outcome: 'stranger', found: fault };
  await register(access, desired, {});
  return withPolicy(access, desired, arn);
}

/** AWS knows of it and its reads do not show it yet: nothing can be said of whose it is. */
function notVisible(id: string, refusal: CallError): CallError {
  const { service, operation, code } = refusal;
  const message = `a scalable target for ${id} stands and cannot be read yet: ${refusal.message}`;
  return new CallError({ class: 'waiting', service, operation, code, message, cause: refusal });
}

/** Puts back just what differs; bounds go together, as AWS refuses a minimum above the maximum that stands. */
export async function updateScaling(
  access: Access,
  _context: PlacementContext,
  desired: ScalingContent,
  live: LiveScaling,
  fields: readonly FieldChange[],
): Promise<Applied> {
  const { scaling } = access.cell;
  const { ScalableTargetARN: arn = '' } = live.target;
  const off = new Set(fields.map((change) => change.field));
  try {
    if (off.has('MinCapacity') || off.has('MaxCapacity') || off.has('SuspendedState'))
      await register(access, desired, {});
    // Before ours: AWS takes one policy for a metric.
    if (off.has('PolicyName')) await deletePolicies(access, desired.ResourceId, otherPolicies(live.policies));
    if (off.has('TargetTrackingScalingPolicyConfiguration')) await putPolicy(access, desired);
    if (off.has('Tags')) await scaling.tagResource({ ResourceARN: arn, Tags: { ...desired.tags } });
  } finally {
    forget(access, desired.ResourceId, arn);
  }
  return {};
}

/** Deregisters the target, and with it all its policies, if it is still there and ours. A service that was deleted has taken its target with it. */
export async function retireScaling(
  access: Access,
  context: PlacementContext,
  entry: InventoryResource,
): Promise<RetireStep> {
  // Where a create was never answered, the service may have got another name since.
  for (const id of new Set([entry.name, resourceIdOf(context)])) {
    const target = await access.cell.views.scalableTarget(id, { maxAgeMs: 0 });
    const arn = target?.ScalableTargetARN;
    if (arn === undefined || (entry.arn !== undefined && entry.arn !== arn)) continue;
    const tags = await targetTags(access, id, arn, 0);
    if (tags === undefined) continue;
    const fault = markFault(tags, context);
    if (fault !== undefined && entry.arn === undefined) continue;
    if (fault !== undefined) return { step: 'unmarked', found: fault };
    await deregister(access, id, arn);
  }
  return { step: 'gone' };
}

async function deregister(access: Access, id: string, arn: string): Promise<void> {
  try {
    await access.cell.scaling.deregisterScalableTarget({ ...countOfService, ResourceId: id });
  } catch (error) {
    if (!(error instanceof CallError) || error.class !== 'not_found') throw error;
  } finally {
    forget(access, id, arn);
  }
}

async function register(
  access: Access,
  desired: ScalingContent,
  tags: Pick<Scaling.RegisterScalableTargetRequest, 'Tags'>,
): Promise<string> {
  const { ResourceId, MinCapacity, MaxCapacity, SuspendedState } = desired;
  const answer = await access.cell.scaling.registerScalableTarget({
    ...countOfService,
    ResourceId,
    MinCapacity,
    MaxCapacity,
    SuspendedState,
    ...tags,
  });
  return answeredArn('application-autoscaling', 'registerScalableTarget', answer.ScalableTargetARN);
}

/** Makes our policy, or replaces its configuration as a whole. */
async function putPolicy(access: Access, desired: ScalingContent): Promise<void> {
  const { ResourceId, TargetTrackingScalingPolicyConfiguration } = desired;
  await access.cell.scaling.putScalingPolicy({
    ...countOfService,
    ResourceId,
    PolicyName: policyName,
    PolicyType: policyType,
    TargetTrackingScalingPolicyConfiguration,
  });
}

async function deletePolicies(
  access: Access,
  ResourceId: string,
  policies: readonly Scaling.ScalingPolicy[],
): Promise<void> {
  for (const { PolicyName } of policies) {
    try {
      await access.cell.scaling.deleteScalingPolicy({ ...countOfService, ResourceId, PolicyName });
    } catch (error) {
      if (!(error instanceof CallError) || error.class !== 'not_found') throw error;
    }
  }
}

function forget(access: Access, id: string, arn: string | undefined): void {
  access.cell.views.touched(id);
  if (arn !== undefined) access.cell.views.touched(arn);
}
