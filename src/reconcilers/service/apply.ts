import type { Ecs } from '../../aws/ports.ts';
import { CallError } from '../../model/errors.ts';
import type { FieldChange, InventoryResource } from '../../model/resources.ts';
import type { Access, Applied, Created, PlacementContext, RetireStep } from '../contract.ts';
import { answeredArn } from '../fields.ts';
import { ecsTagList, ecsTagMap, markFault } from '../marks.ts';
import type { ServiceContent } from './desired.ts';
import { deploymentCorrection } from './diff.ts';
import { describeService } from './observe.ts';

/** Creates the service with the intent's client token: the same intent sent again can never make a second one. */
export async function createService(
  access: Access,
  context: PlacementContext,
  desired: ServiceContent,
  entry: InventoryResource,
): Promise<Created> {
  const { ecs } = access.cell;
  const { tags, taskDefinition, cluster, desiredCount: _count, serviceConnectConfiguration: _none, ...rest } = desired;
  try {
    const answer = await ecs.createService({
      ...rest,
      cluster,
      serviceName: entry.name,
      taskDefinition,
      desiredCount: context.tasks,
      // A capacity provider strategy excludes a launch type; ours has none.
      capacityProviderStrategy: undefined,
      launchType: 'FARGATE',
      schedulingStrategy: 'REPLICA',
      deploymentController: { type: 'ECS' },
      tags: ecsTagList(tags),
      ...(entry.intent === undefined ? {} : { clientToken: entry.intent.token }),
    });
    return { outcome: 'created', arn: answeredArn('ecs', 'createService', answer.service?.serviceArn) };
  } catch (error) {
    if (!(error instanceof CallError) || error.class !== 'conflict') throw error;
    return await claim(access, context, cluster, entry.name);
  } finally {
    forget(access, cluster, entry);
  }
}

/** A service of this name exists: ours, or a stranger's. */
async function claim(access: Access, context: PlacementContext, cluster: string, name: string): Promise<Created> {
  const live = await describeService(access, cluster, name, 0);
  const fault = markFault(ecsTagMap(live?.tags), context);
  if (live?.serviceArn !== undefined && fault === undefined) return { outcome: 'created', arn: live.serviceArn };
  return { outcome: 'stranger', found: fault ?? 'is taken' };
}

/** Puts back just what differs, in one call; a change of definition, network or load balancer starts a deployment. */
export async function updateService(
  access: Access,
  context: PlacementContext,
  desired: ServiceContent,
  live: Ecs.Service,
  fields: readonly FieldChange[],
): Promise<Applied> {
  const { ecs } = access.cell;
  const off = new Set(fields.map((change) => change.field));
  const { tags, cluster, desiredCount: _bounds, serviceConnectConfiguration: _none, ...members } = desired;
  const change: Record<string, unknown> = Object.fromEntries(
    Object.entries(members).filter(([field]) => off.has(field)),
  );
  try {
    if (off.has('desiredCount')) change.desiredCount = fields.find(({ field }) => field === 'desiredCount')?.after;
    if (off.has('serviceConnectConfiguration')) change.serviceConnectConfiguration = { enabled: false };
    if (off.has('deploymentConfiguration')) {
      change.deploymentConfiguration = deploymentCorrection(
        desired.deploymentConfiguration,
        live.deploymentConfiguration,
      );
    }
    if (Object.keys(change).length > 0) {
      await ecs.updateService({ cluster, service: live.serviceArn, ...change });
    }
    if (off.has('tags')) await ecs.tagResource({ resourceArn: live.serviceArn, tags: ecsTagList(tags) });
  } finally {
    forget(access, cluster, context.placement.resources.service);
  }
  return {};
}

/** Scales to nothing, and waits until no task runs. */
export async function stopService(
  access: Access,
  context: PlacementContext,
  entry: InventoryResource,
): Promise<RetireStep> {
  return towardsNothing(access, context, entry, async () => ({ step: 'gone' }));
}

/** Scales to nothing, then deletes, then waits until the service is INACTIVE: until then its cluster cannot go. */
export async function retireService(
  access: Access,
  context: PlacementContext,
  entry: InventoryResource,
): Promise<RetireStep> {
  return towardsNothing(access, context, entry, async (cluster, live) => {
    await access.cell.ecs.deleteService({ cluster, service: live.serviceArn });
    return { step: 'pending', found: 'the service to drain', checkInMs: 3_000, deleted: true };
  });
}

/** `last` follows once the service is ours, ACTIVE and without tasks. */
async function towardsNothing(
  access: Access,
  context: PlacementContext,
  entry: InventoryResource,
  last: (cluster: string, live: Ecs.Service) => Promise<RetireStep>,
): Promise<RetireStep> {
  const cluster = clusterOf(context, entry);
  if (cluster === undefined) return { step: 'gone' };
  const live = await describeService(access, cluster, entry.arn ?? entry.name, 0);
  if (live === undefined || live.status === 'INACTIVE') return { step: 'gone' };
  const fault = markFault(ecsTagMap(live.tags), context);
  if (fault !== undefined) return entry.arn === undefined ? { step: 'gone' } : { step: 'unmarked', found: fault };
  if (live.status === 'DRAINING')
    return { step: 'pending', found: 'the service to drain', checkInMs: 10_000, deleted: true };
  try {
    if ((live.desiredCount ?? 0) > 0) {
      await access.cell.ecs.updateService({ cluster, service: live.serviceArn, desiredCount: 0 });
      return { step: 'pending', found: 'tasks to stop', checkInMs: 5_000 };
    }
    const running = (live.runningCount ?? 0) + (live.pendingCount ?? 0);
    if (running > 0) return { step: 'pending', found: `${running} tasks to stop`, checkInMs: 5_000 };
    return await last(cluster, live);
  } catch (error) {
    if (error instanceof CallError && error.class === 'not_found') return { step: 'gone' };
    if (error instanceof CallError && error.class === 'waiting') {
      return { step: 'pending', found: `the service to be deletable (${error.code})`, checkInMs: 5_000 };
    }
    throw error;
  } finally {
    forget(access, cluster, entry);
  }
}

/** A service's own ARN names its cluster; one whose creation was never answered can only be in the placement's. */
function clusterOf(context: PlacementContext, entry: InventoryResource): string | undefined {
  const [prefix, name] = entry.arn?.split(':service/') ?? [];
  if (prefix === undefined || name === undefined) return context.placement.resources.cluster?.arn;
  return `${prefix}:cluster/${name.split('/')[0] ?? ''}`;
}

function forget(access: Access, cluster: string, entry: InventoryResource | undefined): void {
  const { views } = access.cell;
  views.touched(`${cluster}#${entry?.name ?? ''}`);
  views.touched(`${cluster}#${entry?.arn ?? ''}`);
  views.touched(cluster);
}
