import { CallError } from '../../model/errors.ts';
import type { FieldChange, InventoryResource } from '../../model/resources.ts';
import type { Access, Applied, Created, PlacementContext, RetireStep } from '../contract.ts';
import { elbTagList, markFault } from '../marks.ts';
import type { TargetGroupContent } from './desired.ts';
import { foreignTargets, missingTargets } from './diff.ts';
import type { LiveTargetGroup } from './observe.ts';

/**
 * CreateTargetGroup answers with an existing group of the same name and settings: the mark is read after the call. Attributes cannot be given at creation; they
 * differ at the next look and are put right then.
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
    const arn = answer.TargetGroups?.[0]?.TargetGroupArn ?? '';
    views.touched(arn);
    const fault = markFault((await views.tags(arn, { maxAgeMs: 0 })) ?? {}, context);
    if (fault !== undefined) return { outcome: 'stranger', found: fault };
    await setAttributes(access, arn, desired.attributes);
    return { outcome: 'created', arn };
  } catch (error) {
    if (error instanceof CallError && error.class === 'conflict') {
      return { outcome: 'stranger', found: `is taken by a target group with other settings (${error.code})` };
    }
    throw error;
  } finally {
    views.touched(entry.name);
    views.touched(context.group.loadBalancerArn);
  }
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
  const foreign = [...foreignTargets(live)];
  if (foreign.length > 0) await access.cell.elb.deregisterTargets({ TargetGroupArn: arn, Targets: foreign });
  const missing = [...missingTargets(live, context)];
  if (missing.length > 0) await access.cell.elb.registerTargets({ TargetGroupArn: arn, Targets: missing });
}

/** An empty value cannot be sent: AWS has it where the attribute was never set. */
async function setAttributes(access: Access, arn: string, attributes: Readonly<Record<string, string>>): Promise<void> {
  const sent = Object.entries(attributes).filter(([, value]) => value !== '');
  if (sent.length === 0) return;
  await access.cell.elb.modifyTargetGroupAttributes({
    TargetGroupArn: arn,
    Attributes: sent.map(([Key, Value]) => ({ Key, Value })),
  });
  access.cell.views.touched(`${arn}#attributes`);
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
