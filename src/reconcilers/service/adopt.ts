import type { Ecs } from '../../aws/ports.ts';
import { adoptable, heldBack } from '../adopting.ts';
import type { Adoption, PlacementContext } from '../contract.ts';
import { ecsTagList, ecsTagMap, ourTags } from '../marks.ts';
import type { ServiceContent } from './desired.ts';
import { diffService } from './diff.ts';
import { describeService } from './observe.ts';

/** A service of our name in the placement's cluster. */
export const serviceAdoption: Adoption<ServiceContent, Ecs.Service, PlacementContext> = {
  find: async (access, context, { desired, observation }, arns) => {
    const arn = heldBack(observation, arns);
    const cluster = context.placement.resources.cluster?.arn;
    if (arn === undefined || cluster === undefined) return [];
    const live = await describeService(access, cluster, arn, 0);
    if (live === undefined) return [];
    const words = `service ${live.status ?? ''} with ${live.runningCount ?? 0} of ${live.desiredCount ?? 0} tasks on ${live.taskDefinition ?? 'no definition'}`;
    const changes = desired.state === 'known' ? diffService(desired.value, live) : undefined;
    return [adoptable(context, { arn, words, tags: ecsTagMap(live.tags) }, 'tags', changes)];
  },
  take: async (access, context, _desired, found) => {
    for (const { arn } of found) {
      await access.cell.ecs.tagResource({ resourceArn: arn, tags: ecsTagList(ourTags(context)) });
      access.cell.views.touched(arn);
      access.cell.views.touched(`${context.placement.resources.cluster?.arn ?? ''}#${arn}`);
    }
    return {};
  },
};
