import type { Ecs } from '../../aws/ports.ts';
import { adoptable, heldBack } from '../adopting.ts';
import type { Adoption, PlacementContext } from '../contract.ts';
import { ecsTagList, ecsTagMap, ourTags } from '../marks.ts';
import type { ClusterContent } from './desired.ts';
import { diffCluster } from './diff.ts';

/** A cluster of the placement's name. */
export const clusterAdoption: Adoption<ClusterContent, Ecs.Cluster, PlacementContext> = {
  find: async (access, context, { desired, observation }, arns) => {
    const arn = heldBack(observation, arns);
    const live = arn === undefined ? undefined : await access.cell.views.cluster(arn, { maxAgeMs: 0 });
    if (arn === undefined || live === undefined) return [];
    const { activeServicesCount = 0, runningTasksCount = 0 } = live;
    const words = `cluster ${live.status ?? ''} with ${activeServicesCount} services and ${runningTasksCount} running tasks`;
    const changes = desired.state === 'known' ? diffCluster(desired.value, live) : undefined;
    return [adoptable(context, { arn, words, tags: ecsTagMap(live.tags) }, 'tags', changes)];
  },
  take: async (access, context, _desired, found) => {
    for (const { arn } of found) {
      await access.cell.ecs.tagResource({ resourceArn: arn, tags: ecsTagList(ourTags(context)) });
      access.cell.views.touched(arn);
    }
    return {};
  },
};
