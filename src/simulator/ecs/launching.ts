import { taskArn } from './arns.ts';
import { isFargate } from './cluster-view.ts';
import { startLatency } from './latencies.ts';
import { takeLaunch } from './launch-rate.ts';
import {
  addEvent,
  type DeploymentRecord,
  type EcsState,
  type RegionState,
  regionOf,
  type ServiceRecord,
  type TaskRecord,
  uuid,
  wakeService,
} from './state.ts';
import type { Tags } from './tags.ts';
import { retain } from './task-definition-use.ts';
import { beginTask } from './task-machine.ts';

/** A service that found no vCPU free tries again after so long, or when a task of the account stops (assumed). */
const capacityRetryMs = 60_000;

/** Launches up to `wanted` tasks of the deployment, as far as the quotas let it. Says in an event what stopped it. */
export function launchTasks(
  state: EcsState,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  wanted: number,
): void {
  if (!isFargate(service)) {
    addEvent(
      state,
      service,
      'was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster.',
    );
    return;
  }
  const region = regionOf(state, service.cluster);
  const launched: TaskRecord[] = [];
  while (launched.length < wanted && mayUse(state, region, cpuUnitsOf(service, deployment))) {
    launched.push(launchTask(state, region, service, deployment));
  }
  if (launched.length > 0) {
    service.unsteady = true;
    const ids = launched.map(({ id }) => `(task ${id})`).join(' ');
    addEvent(state, service, `has started ${launched.length} tasks: ${ids}.`);
  }
  if (launched.length === wanted) {
    region.waitingForCpu.delete(service);
    wakeNextWaiting(state, region);
    return;
  }
  region.waitingForCpu.add(service);
  wakeService(state, service, state.world.now() + capacityRetryMs);
  addEvent(
    state,
    service,
    "was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently.",
  );
}

/** Room that is left may be enough for the next one in the queue. */
function wakeNextWaiting(state: EcsState, region: RegionState): void {
  for (const waiting of region.waitingForCpu) {
    region.waitingForCpu.delete(waiting);
    wakeService(state, waiting);
    return;
  }
}

/** Fargate Spot has a quota of its own, which is not simulated. */
function cpuUnitsOf(service: ServiceRecord, deployment: DeploymentRecord): number {
  if (service.capacityProviderStrategy?.[0]?.capacityProvider === 'FARGATE_SPOT') return 0;
  return Number(deployment.revision.taskDefinition.description.cpu ?? 0);
}

function mayUse(state: EcsState, region: RegionState, cpuUnits: number): boolean {
  const limit = state.world.quotas.get(region, 'fargateVcpu') * 1_024;
  return region.cpuUnitsInUse + cpuUnits <= limit;
}

function launchTask(
  state: EcsState,
  region: RegionState,
  service: ServiceRecord,
  deployment: DeploymentRecord,
): TaskRecord {
  const { world } = state;
  const now = world.now();
  const { cluster } = service;
  const { revision } = deployment;
  const id = world.hex('ecs/task', 32);
  const subnets = revision.networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
  const turn = service.launched % Math.max(1, subnets.length);
  service.launched += 1;
  const task: TaskRecord = {
    arn: taskArn(cluster, cluster.name, id),
    id,
    service,
    deployment,
    taskDefinition: revision.taskDefinition,
    attachmentId: uuid(state, 'ecs/attachment'),
    subnetId: subnets[turn] ?? '',
    zone: `${cluster.region}${'abcdef'[turn % 6]}`,
    createdAt: now,
    tags: taskTags(service, revision.taskDefinition.tags),
    cpuUnits: cpuUnitsOf(service, deployment),
    backoffLevel: deployment.backoffLevel,
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    address: undefined,
    targets: [],
    draining: new Set(),
    answering: false,
    containerHealth: 'UNKNOWN',
    sick: false,
    wasHealthy: false,
    exitCode: undefined,
    stopCode: undefined,
    stoppedReason: undefined,
    pullStartedAt: undefined,
    pullStoppedAt: undefined,
    startedAt: undefined,
    stoppingAt: undefined,
    executionStoppedAt: undefined,
    stoppedAt: undefined,
    version: 1,
    cancel: undefined,
  };
  region.cpuUnitsInUse += task.cpuUnits;
  retain(task.taskDefinition);
  service.tasks.add(task);
  cluster.tasks.set(id, task);
  state.tasksByArn.set(task.arn, task);
  beginTask(
    state,
    task,
    takeLaunch(launchLimits(state, region), region.launchRate, service.launchRate, now),
    startLatency(world),
  );
  return task;
}

function launchLimits({ world }: EcsState, region: RegionState): Parameters<typeof takeLaunch>[0] {
  return {
    burst: world.quotas.get(region, 'fargateLaunchBurst'),
    perSecond: world.quotas.get(region, 'fargateLaunchesPerSecond'),
    perMinute: world.quotas.get(region, 'serviceLaunchesPerMinute'),
  };
}

function taskTags(service: ServiceRecord, fromDefinition: Tags): Tags {
  const tags: Tags = new Map();
  if (service.enableECSManagedTags) {
    tags.set('aws:ecs:clusterName', service.cluster.name);
    tags.set('aws:ecs:serviceName', service.name);
  }
  const propagated =
    service.propagateTags === 'SERVICE'
      ? service.tags
      : service.propagateTags === 'TASK_DEFINITION'
        ? fromDefinition
        : [];
  for (const [key, value] of propagated) tags.set(key, value);
  return tags;
}
