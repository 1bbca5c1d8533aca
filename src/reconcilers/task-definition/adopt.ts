import { canonicalHash } from '../../model/records/canonical.ts';
import { adoptable, heldBack } from '../adopting.ts';
import type { Adoption, PlacementContext } from '../contract.ts';
import { ecsTagList, ourTags } from '../marks.ts';
import { type TaskDefinitionContent, taskDefinitionTags } from './desired.ts';
import { diffTaskDefinition, taskDefinitionNeedsSuccessor } from './diff.ts';
import { describe, type LiveTaskDefinition } from './observe.ts';

/** A revision of the inventory that lost its mark. Nobody else's is ever found: the family's name is the placement's own. */
export const taskDefinitionAdoption: Adoption<TaskDefinitionContent, LiveTaskDefinition, PlacementContext> = {
  find: async (access, context, { desired, observation }, arns) => {
    const arn = heldBack(observation, arns);
    const live = arn === undefined ? undefined : await describe(access, arn, 0);
    if (arn === undefined || live === undefined) return [];
    const changes = desired.state === 'known' ? diffTaskDefinition(desired.value, live, context) : undefined;
    const words = `task definition ${live.definition.status ?? ''}, ${live.definition.cpu ?? '?'} CPU units and ${live.definition.memory ?? '?'} MiB`;
    const found = adoptable(context, { arn, words, tags: live.tags }, 'tags', changes);
    const then = 'a revision is immutable: a successor is registered and deployed, and then it is deleted';
    return [taskDefinitionNeedsSuccessor(found.fields) ? { ...found, then } : found];
  },
  take: async (access, context, desired, found) => {
    const tags =
      desired.state === 'known' ? taskDefinitionTags(context, canonicalHash(desired.value)) : ourTags(context);
    for (const { arn } of found) {
      await access.cell.ecs.tagResource({ resourceArn: arn, tags: ecsTagList(tags) });
      access.cell.views.touched(arn);
    }
    return {};
  },
};
