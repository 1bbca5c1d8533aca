/**
 * The service scheduler: one pass looks at a service as it is and starts or stops what brings it nearer to its PRIMARY deployment. It
 * is called when something happened to the service or one of its tasks, and at times that it asked for itself; it never ticks.
 * Sources: "Amazon ECS services", DeploymentConfiguration in the ECS API reference.
 */
import { completeDeployment, dropDeployments, recordFailure, recordHealthy } from './deployments.ts';
import { launchTasks } from './launching.ts';
import {
  addEvent,
  afterLatency,
  type DeploymentRecord,
  type EcsState,
  primaryOf,
  regionOf,
  type ServiceRecord,
  type TaskRecord,
  wakeService,
} from './state.ts';
import { failingReason, healthyByAge, isHealthy } from './task-health.ts';
import { type StopCause, stoppedText, stopTask } from './task-machine.ts';

/** What a pass works on: tasks that are wanted, split by deployment and health. */
interface Survey {
  readonly primary: DeploymentRecord;
  /** Tasks of the PRIMARY deployment that are not to be replaced. */
  readonly current: TaskRecord[];
  readonly sick: TaskRecord[];
  readonly old: TaskRecord[];
  readonly healthy: Set<TaskRecord>;
}

/** One pass over the service. */
export function reconcileService(state: EcsState, service: ServiceRecord): void {
  if (service.status === 'INACTIVE') return;
  if (service.status === 'DRAINING') {
    drainService(state, service);
    return;
  }
  // The examination may break the circuit, and with it change which deployment is PRIMARY.
  examine(state, service);
  const primary = primaryOf(service);
  scaleIn(state, service, survey(state, service, primary));
  replaceSick(state, service, survey(state, service, primary));
  if (primary.rolloutState !== 'FAILED') {
    stopOld(state, service, survey(state, service, primary));
    launchMissing(state, service, survey(state, service, primary));
  }
  settle(state, service, survey(state, service, primary));
}

function drainService(state: EcsState, service: ServiceRecord): void {
  stopAll(state, service, [...service.tasks], scaledBy('service deletion'));
  if (service.tasks.size > 0) return;
  service.status = 'INACTIVE';
  regionOf(state, service.cluster).waitingForCpu.delete(service);
  dropDeployments(state, service);
  for (const listener of state.endListeners) listener(service.arn);
  const { services } = service.cluster;
  afterLatency(state, state.tombstoneMs, () => {
    if (services.get(service.name) === service) services.delete(service.name);
  });
}

function scaledBy(what: string): StopCause {
  return { code: 'ServiceSchedulerInitiated', reason: `Scaling activity initiated by (${what})` };
}

/** Notes which running tasks have become healthy, and which fail their checks outside the grace period. */
function examine(state: EcsState, service: ServiceRecord): void {
  const now = state.world.now();
  for (const task of service.tasks) {
    if (task.desiredStatus !== 'RUNNING' || task.lastStatus !== 'RUNNING') continue;
    const reason = failingReason(state, task);
    const graceEnds = (task.startedAt ?? now) + (service.healthCheckGracePeriodSeconds ?? 0) * 1_000;
    if (reason === undefined) {
      task.sick = false;
      examineHealthy(state, task);
    } else if (now < graceEnds) {
      wakeService(state, service, graceEnds);
    } else if (!task.sick) {
      task.sick = true;
      addEvent(state, service, reason);
      recordFailure(state, task, 'check');
    }
  }
}

function examineHealthy(state: EcsState, task: TaskRecord): void {
  const byAge = healthyByAge(state, task);
  if (byAge !== undefined && byAge > state.world.now()) wakeService(state, task.service, byAge);
  if (task.wasHealthy || !isHealthy(state, task)) return;
  task.wasHealthy = true;
  recordHealthy(task);
}

function survey(state: EcsState, service: ServiceRecord, primary: DeploymentRecord): Survey {
  const found: Survey = { primary, current: [], sick: [], old: [], healthy: new Set() };
  for (const task of service.tasks) {
    if (task.desiredStatus !== 'RUNNING') continue;
    if (task.deployment !== primary) found.old.push(task);
    else if (task.sick) found.sick.push(task);
    else found.current.push(task);
    if (!task.sick && isHealthy(state, task)) found.healthy.add(task);
  }
  return found;
}

/** The most tasks that may be wanted, and the fewest that must stay healthy. */
function bounds(service: ServiceRecord): { upper: number; lower: number } {
  const { maximumPercent = 200, minimumHealthyPercent = 100 } = service.deploymentConfiguration;
  return {
    upper: Math.floor((service.desiredCount * maximumPercent) / 100),
    lower: Math.ceil((service.desiredCount * minimumHealthyPercent) / 100),
  };
}

/** More than wanted of the PRIMARY deployment: those that do not serve yet go first, then the newest. */
function scaleIn(state: EcsState, service: ServiceRecord, { current, sick, healthy, primary }: Survey): void {
  const surplus = current.length - service.desiredCount;
  const doomed = service.desiredCount === 0 ? sick : [];
  if (surplus <= 0 && doomed.length === 0) return;
  const ordered = [...current].reverse().sort((a, b) => Number(healthy.has(a)) - Number(healthy.has(b)));
  stopAll(state, service, [...doomed, ...ordered.slice(0, Math.max(0, surplus))], scaledBy(`deployment ${primary.id}`));
}

/** A sick task goes when its replacement is healthy, or when there is no room for a replacement beside it. */
function replaceSick(state: EcsState, service: ServiceRecord, found: Survey): void {
  const { current, sick, old, healthy, primary } = found;
  if (sick.length === 0) return;
  const serving = current.filter((task) => healthy.has(task)).length;
  if (serving >= service.desiredCount) {
    stopSick(state, service, sick);
    return;
  }
  if (primary.rolloutState === 'FAILED') return;
  const missing = service.desiredCount - current.length;
  const room = bounds(service).upper - current.length - sick.length - old.length;
  stopSick(state, service, sick.slice(0, Math.max(0, missing - Math.max(0, room))));
}

function stopSick(state: EcsState, service: ServiceRecord, sick: readonly TaskRecord[]): void {
  for (const task of sick) {
    const [target] = task.targets;
    const failed =
      task.containerHealth === 'UNHEALTHY' || target === undefined
        ? 'container health checks'
        : `ELB health checks in (target-group ${target.targetGroupArn})`;
    stopAll(state, service, [task], { code: 'ServiceSchedulerInitiated', reason: `Task failed ${failed}` });
  }
}

/** Tasks of earlier deployments: unhealthy ones go at once, healthy ones as far as enough stay healthy. */
function stopOld(state: EcsState, service: ServiceRecord, { old, healthy, primary }: Survey): void {
  const spare = Math.max(0, healthy.size - bounds(service).lower);
  const idle = old.filter((task) => !healthy.has(task));
  const serving = old.filter((task) => healthy.has(task));
  stopAll(state, service, [...idle, ...serving.slice(0, spare)], scaledBy(`deployment ${primary.id}`));
}

function launchMissing(state: EcsState, service: ServiceRecord, { current, sick, old, primary }: Survey): void {
  const room = bounds(service).upper - current.length - sick.length - old.length;
  const missing = Math.min(service.desiredCount - current.length, room);
  if (missing <= 0) return;
  if (primary.nextLaunchAt > state.world.now()) wakeService(state, service, primary.nextLaunchAt);
  else launchTasks(state, service, primary, missing);
}

/** The deployment is done when all its tasks are healthy and those before it have left their target groups. */
function settle(state: EcsState, service: ServiceRecord, { current, sick, old, healthy, primary }: Survey): void {
  if (!service.unsteady || old.length > 0 || sick.length > 0 || current.length !== service.desiredCount) return;
  if (current.some((task) => !healthy.has(task))) return;
  for (const task of service.tasks) {
    if (task.lastStatus === 'DEACTIVATING') return;
  }
  if (primary.completeNotBefore > state.world.now()) {
    wakeService(state, service, primary.completeNotBefore);
    return;
  }
  service.unsteady = false;
  if (primary.rolloutState === 'IN_PROGRESS') completeDeployment(state, service, primary);
  addEvent(state, service, 'has reached a steady state.');
}

function stopAll(state: EcsState, service: ServiceRecord, tasks: readonly TaskRecord[], cause: StopCause): void {
  const stopping = tasks.filter((task) => task.desiredStatus === 'RUNNING');
  if (stopping.length === 0) return;
  service.unsteady = true;
  for (const task of stopping) stopTask(state, task, cause);
  const ended = stopping.filter((task) => task.lastStatus !== 'DEACTIVATING');
  const draining = stopping.length - ended.length;
  // Those that drain are said to be stopped when they are drained; see task-machine.ts.
  if (draining > 0) addEvent(state, service, `has begun draining connections on ${draining} tasks.`);
  if (ended.length > 0) addEvent(state, service, stoppedText(ended));
}
