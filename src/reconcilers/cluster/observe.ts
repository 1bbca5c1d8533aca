import type { Ecs } from '../../aws/ports.ts';
import type { Access, Observation, ObserveOptions, PlacementContext } from '../contract.ts';
import { ecsTagMap, markFault } from '../marks.ts';
import { nameOfPlacement } from '../names.ts';

/** One read shows a hundred clusters, so probe and full are the same. An INACTIVE one is a tombstone: it is absent for us, and its name is free. */
export async function observeCluster(
  access: Access,
  context: PlacementContext,
  options: ObserveOptions,
): Promise<Observation<Ecs.Cluster>> {
  const entry = context.placement.resources.cluster;
  if (entry === undefined) return { state: 'absent' };
  const maxAgeMs = options.depth === 'probe' ? options.driftAgeMs : Math.min(options.maxAgeMs, options.driftAgeMs);
  const live = await access.cell.views.cluster(entry.arn ?? nameOfPlacement(context), { maxAgeMs });
  if (live === undefined || live.status === 'INACTIVE') return { state: 'absent' };
  const arn = live.clusterArn ?? '';
  if (live.status === 'DEPROVISIONING' || live.status === 'FAILED') return { state: 'ending', arn, found: live.status };
  const fault = markFault(ecsTagMap(live.tags), context);
  if (fault === undefined) return { state: 'live', live, arn };
  return entry.arn === undefined ? { state: 'stranger', arn, found: fault } : { state: 'unmarked', arn, found: fault };
}
