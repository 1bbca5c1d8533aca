import { CallError } from '../../model/errors.ts';
import type { FieldChange, InventoryResource } from '../../model/resources.ts';
import type { Access, Applied, Created, PlacementContext, RetireStep } from '../contract.ts';
import { answeredArn } from '../fields.ts';
import { elbTagList, markFault } from '../marks.ts';
import { delayAttribute, type TargetGroupContent } from './desired.ts';
import { foreignTargets, missingTargets } from './diff.ts';
import type { LiveTargetGroup } from './observe.ts';

/**
 * CreateTargetGroup answers with an existing group of the same name and settings: the mark is read after the call. Attributes cannot be given at creation: the
 * one that follows from the record is set at once, so that no target ever drains by AWS's default; all others stand at their defaults already.
 */
export async function createTargetGroup(
  access: Access,
  context: PlacementContext,
  desired: TargetGroupContent,
  entry: InventoryResource,
): Promise<Created> {
  const { elb, views } = access.cell;
  try {
    const answer = await elb.createTargetGroup({
      Name: entry.name,
      ...desired.fixed,
      ...desired.health,
      Tags: elbTagList(desired.tags),
    });
    const arn = answeredArn('elbv2', 'createTargetGroup', answer.TargetGroups?.[0]?.TargetGroupArn);
    views.touched(arn);
    return await claim(access, context, desired, arn);
  } catch (error) {
    if (!(error instanceof CallError) || error.class !== 'conflict') throw error;
    const group = await views.targetGroupByName(entry.name, { maxAgeMs: 0 });
    if (group?.TargetGroupArn !== undefined) return await claim(access, context, desired, group.TargetGroupArn);
    return { outcome: 'stranger', found: `was taken by a target group with other settings (${error.code})` };
  } finally {
    views.touched(entry.name);
    views.touched(context.group.loadBalancerArn);
  }
}

async function claim(
  access: Access,
  context: PlacementContext,
  desired: TargetGroupContent,
  arn: string,
): Promise<Created> {
  const fault = markFault((await access.cell.views.tags(arn, { maxAgeMs: 0 })) ?? {}, context);
  if (fault !== undefined) return { outcome: 'stranger', found: fault };
  const delay = desired.attributes[delayAttribute];
  if (delay !== undefined) await setAttributes(access, arn, { [delayAttribute]: delay });
  return { outcome: 'created', arn };
}

/** Puts back just what differs. */
export async function updateTargetGroup(
  access: Access,
  context: PlacementContext,
  desired: TargetGroupContent,
  live: LiveTargetGroup,
  fields: readonly FieldChange[],
): Promise<Applied> {
  const { elb, views } = access.cell;
  const arn = live.group.TargetGroupArn ?? '';
  const off = new Set(fields.map((change) => change.field));
  try {
    const health = Object.fromEntries(Object.entries(desired.health).filter(([key]) => off.has(key)));
    if (Object.keys(health).length > 0) await elb.modifyTargetGroup({ TargetGroupArn: arn, ...health });
    await setAttributes(
      access,
      arn,
      Object.fromEntries(Object.entries(desired.attributes).filter(([key]) => off.has(key))),
    );
    if (off.has('Tags')) await elb.addTags({ ResourceArns: [arn], Tags: elbTagList(desired.tags) });
    if (off.has('Targets')) await putTargetsRight(access, context, live, arn);
  } finally {
    views.touched(arn);
    views.touched(`${arn}#attributes`);
    views.touched(`${arn}#targets`);
    views.touched(live.group.TargetGroupName ?? '');
    views.touched(context.group.loadBalancerArn);
  }
  return {};
}

async function putTargetsRight(
  access: Access,
  context: PlacementContext,
  live: LiveTargetGroup,
  arn: string,
): Promise<void> {
  const foreign = [...foreignTargets(live, context)];
  if (foreign.length > 0) await access.cell.elb.deregisterTargets({ TargetGroupArn: arn, Targets: foreign });
  const missing = [...missingTargets(live, context)];
  if (missing.length > 0) await access.cell.elb.registerTargets({ TargetGroupArn: arn, Targets: missing });
}

/** Empty values go in a call of their own: whether AWS takes them back is not documented, and a refusal must not keep the others from healing. */
async function setAttributes(access: Access, arn: string, attributes: Readonly<Record<string, string>>): Promise<void> {
  const all = Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));
  const [empty, others] = [all.filter(({ Value }) => Value === ''), all.filter(({ Value }) => Value !== '')];
  for (const Attributes of [others, empty]) {
    if (Attributes.length === 0) continue;
    await access.cell.elb.modifyTargetGroupAttributes({ TargetGroupArn: arn, Attributes });
    access.cell.views.touched(`${arn}#attributes`);
  }
}

/** Deletes the group, if it is still there and ours. A rule that was just deleted may hold it for some seconds. */
export async function retireTargetGroup(
  access: Access,
  context: PlacementContext,
  entry: InventoryResource,
): Promise<RetireStep> {
  const { elb, views } = access.cell;
  const group = await views.targetGroupByName(entry.name, { maxAgeMs: 0 });
  const arn = group?.TargetGroupArn;
  if (arn === undefined || (entry.arn !== undefined && entry.arn !== arn)) return { step: 'gone' };
  const tags = await views.tags(arn, { maxAgeMs: 0 });
  if (tags === undefined) return { step: 'gone' };
  const fault = markFault(tags, context);
  if (fault !== undefined) return entry.arn === undefined ? { step: 'gone' } : { step: 'unmarked', found: fault };
  try {
    await elb.deleteTargetGroup({ TargetGroupArn: arn });
  } catch (error) {
    if (error instanceof CallError && error.class === 'not_found') return { step: 'gone' };
    if (error instanceof CallError && (error.class === 'waiting' || error.class === 'conflict')) {
      return { step: 'pending', found: 'the target group to be out of use', checkInMs: 3_000 };
    }
    throw error;
  } finally {
    views.touched(arn);
    views.touched(entry.name);
    views.touched(context.group.loadBalancerArn);
  }
  return { step: 'gone' };
}
