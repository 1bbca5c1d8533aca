import { adoptable, heldBack } from '../adopting.ts';
import type { Adoption, PlacementContext } from '../contract.ts';
import { elbTagList, ourTags } from '../marks.ts';
import type { TargetGroupContent } from './desired.ts';
import { diffTargetGroup, targetGroupNeedsSuccessor } from './diff.ts';
import { type LiveTargetGroup, readAttributes } from './observe.ts';

/** A target group of the placement's name. */
export const targetGroupAdoption: Adoption<TargetGroupContent, LiveTargetGroup, PlacementContext> = {
  find: async (access, context, { desired, observation }, arns) => {
    const arn = heldBack(observation, arns);
    if (arn === undefined) return [];
    const { views } = access.cell;
    const name = arn.split('/')[1] ?? '';
    const group = await views.targetGroupByName(name, { maxAgeMs: 0 });
    const tags = await views.tags(arn, { maxAgeMs: 0 });
    if (group?.TargetGroupArn !== arn || tags === undefined) return [];
    const live: LiveTargetGroup = { group, tags, attributes: await readAttributes(access, arn, 0) };
    const changes = desired.state === 'known' ? diffTargetGroup(desired.value, live, context) : undefined;
    const words = `target group ${name}: ${group.Protocol ?? ''}:${group.Port ?? ''} in ${group.VpcId ?? 'no VPC'}`;
    const found = adoptable(context, { arn, words, tags }, 'Tags', changes);
    const then = 'it cannot be changed in place: a successor is built and wired, and then it is deleted';
    return [targetGroupNeedsSuccessor(found.fields) ? { ...found, then } : found];
  },
  take: async (access, context, _desired, found) => {
    for (const { arn } of found) {
      await access.cell.elb.addTags({ ResourceArns: [arn], Tags: elbTagList(ourTags(context)) });
      access.cell.views.touched(arn);
    }
    return {};
  },
};
