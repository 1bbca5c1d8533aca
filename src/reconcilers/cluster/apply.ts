import type { Ecs } from '../../aws/ports.ts';
import { CallError } from '../../model/errors.ts';
import type { FieldChange, InventoryResource } from '../../model/resources.ts';
import type { Access, Applied, Created, PlacementContext, RetireStep } from '../contract.ts';
import { answeredArn } from '../fields.ts';
import { ecsTagList, ecsTagMap, markFault } from '../marks.ts';
import type { ClusterContent } from './desired.ts';

/** CreateCluster answers with an existing ACTIVE cluster of the name, without applying anything to it: so the mark is read after the call. */
export async function createCluster(
  access: Access,
  context: PlacementContext,
  desired: ClusterContent,
  entry: InventoryResource,
): Promise<Created> {
  const { views, ecs } = access.cell;
  const answer = await ecs.createCluster({
    clusterName: entry.name,
    settings: desired.settings,
    tags: ecsTagList(desired.tags),
  });
  views.touched(entry.name);
  const arn = answeredArn('ecs', 'createCluster', answer.cluster?.clusterArn);
  views.touched(arn);
  const fault = markFault(ecsTagMap(await tagsOf(access, arn, answer.cluster?.tags)), context);
  return fault === undefined ? { outcome: 'created', arn } : { outcome: 'stranger', found: fault };
}

/** An answer without tags says nothing about whose the cluster is, and neither does a read that does not see it yet. */
async function tagsOf(access: Access, arn: string, answered: Ecs.Tag[] | undefined): Promise<Ecs.Tag[] | undefined> {
  if (answered !== undefined && answered.length > 0) return answered;
  const seen = await access.cell.views.cluster(arn, { maxAgeMs: 0 });
  if (seen !== undefined) return seen.tags;
  const message = `${arn} cannot be read yet: whose it is shows at the next look`;
  throw new CallError({ class: 'waiting', service: 'ecs', operation: 'createCluster', code: 'NotVisible', message });
}

/** Puts back just the members that differ. */
export async function updateCluster(
  access: Access,
  _context: PlacementContext,
  desired: ClusterContent,
  live: Ecs.Cluster,
  fields: readonly FieldChange[],
): Promise<Applied> {
  const arn = live.clusterArn ?? '';
  const { ecs, views } = access.cell;
  const off = new Set(fields.map((change) => change.field));
  try {
    if (off.has('settings') || off.has('configuration') || off.has('serviceConnectDefaults')) {
      await ecs.updateCluster({
        cluster: arn,
        ...(off.has('settings') ? { settings: desired.settings } : {}),
        ...(off.has('configuration') ? { configuration: { executeCommandConfiguration: { logging: 'DEFAULT' } } } : {}),
        // An empty namespace is how ECS is told to forget the default.
        ...(off.has('serviceConnectDefaults') ? { serviceConnectDefaults: { namespace: '' } } : {}),
      });
    }
    if (off.has('capacityProviders') || off.has('defaultCapacityProviderStrategy')) {
      await ecs.putClusterCapacityProviders({
        cluster: arn,
        capacityProviders: desired.capacityProviders,
        defaultCapacityProviderStrategy: desired.defaultCapacityProviderStrategy,
      });
    }
    if (off.has('tags')) await ecs.tagResource({ resourceArn: arn, tags: ecsTagList(desired.tags) });
  } finally {
    views.touched(arn);
    views.touched(desired.clusterName);
  }
  return {};
}

/** Deletes the cluster once it is empty. INACTIVE is gone: AWS keeps the tombstone for a while. */
export async function retireCluster(
  access: Access,
  context: PlacementContext,
  entry: InventoryResource,
): Promise<RetireStep> {
  const { views, ecs } = access.cell;
  const live = await views.cluster(entry.arn ?? entry.name, { maxAgeMs: 0 });
  if (live === undefined || live.status === 'INACTIVE') return { step: 'gone' };
  const fault = markFault(ecsTagMap(live.tags), context);
  // Under our name, never confirmed as ours and without our mark: nothing of ours is there.
  if (fault !== undefined && entry.arn === undefined) return { step: 'gone' };
  if (fault !== undefined) return { step: 'unmarked', found: fault };
  try {
    await ecs.deleteCluster({ cluster: live.clusterArn ?? entry.name });
  } catch (error) {
    if (error instanceof CallError && error.class === 'not_found') return { step: 'gone' };
    if (error instanceof CallError && error.class === 'waiting') {
      return { step: 'pending', found: `the cluster to be empty (${error.code})`, checkInMs: 5_000 };
    }
    throw error;
  } finally {
    views.touched(live.clusterArn ?? entry.name);
    views.touched(entry.name);
  }
  return { step: 'gone' };
}
