import { adoptable, heldBack } from '../adopting.ts';
import type { Adoption, PlacementContext } from '../contract.ts';
import { ourTags } from '../marks.ts';
import { resourceIdOf, type ScalingContent } from './desired.ts';
import { diffScaling } from './diff.ts';
import { type LiveScaling, targetTags } from './observe.ts';

/** The scalable target of the placement's service. */
export const scalingAdoption: Adoption<ScalingContent, LiveScaling, PlacementContext> = {
  find: async (access, context, { desired, observation }, arns) => {
    const arn = heldBack(observation, arns);
    if (arn === undefined) return [];
    const [id, now] = [resourceIdOf(context), { maxAgeMs: 0 }];
    const target = await access.cell.views.scalableTarget(id, now);
    const tags = await targetTags(access, id, arn, 0);
    if (target?.ScalableTargetARN !== arn || tags === undefined) return [];
    const policies = await access.cell.views.scalingPolicies(id, now);
    const changes = desired.state === 'known' ? diffScaling(desired.value, { target, tags, policies }) : undefined;
    const words = `scalable target ${target.MinCapacity ?? 0} to ${target.MaxCapacity ?? 0} tasks with ${policies.length} policies`;
    return [adoptable(context, { arn, words, tags }, 'Tags', changes)];
  },
  take: async (access, context, _desired, found) => {
    for (const { arn } of found) {
      await access.cell.scaling.tagResource({ ResourceARN: arn, Tags: { ...ourTags(context) } });
      for (const scope of [arn, resourceIdOf(context), `${resourceIdOf(context)}#tags ${arn}`])
        access.cell.views.touched(scope);
    }
    return {};
  },
};
