import type { TaskStopCode } from '@aws-sdk/client-ecs';
import { AwsError } from '../kernel.ts';
import { attachmentArn } from './arns.ts';
import { recordFailure } from './deployments.ts';
import { deprovisionLatency, stopLatency, stoppedTaskMs } from './latencies.ts';
import {
  addEvent,
  afterLatency,
  type EcsState,
  regionOf,
  type TaskRecord,
  type TaskStatus,
  targetKey,
  wakeService,
} from './state.ts';
import { behaviourOf } from './steering.ts';
import { release } from './task-definition-use.ts';
import { containerCheck } from './task-health.ts';

/** Why a task ends. */
export interface StopCause {
  readonly code: TaskStopCode;
  readonly reason: string;
}

/** A deregistered target that is not seen gone within its delay and this margin is no longer waited for. */
const drainMarginMs = 10_000;

/** Starts the life of a task that the scheduler has just made; `wait` is what the launch rate costs, `total` the time to RUNNING (milliseconds). */
export function beginTask(state: EcsState, task: TaskRecord, wait: number, total: number): void {
  const factor = state.world.latencyFactor;
  // The launch rate is no latency of the simulator's making, but "everything at once" means that too.
  const ready = state.world.now() + (factor === 0 ? 0 : wait) + 0.25 * total * factor;
  task.cancel = state.world.at(ready, () => attachInterface(state, task, total));
}

function enter(state: EcsState, task: TaskRecord, status: TaskStatus): void {
  task.lastStatus = status;
  task.version += 1;
  task.cancel = undefined;
  wakeService(state, task.service);
}

/** PROVISIONING is over when the task has its interface. */
function attachInterface(state: EcsState, task: TaskRecord, total: number): void {
  const { cluster } = task.service;
  try {
    task.address = state.world.ec2.allocateAddress(task.subnetId, {
      description: attachmentArn(cluster, task.attachmentId),
      groupIds: task.deployment.revision.networkConfiguration?.awsvpcConfiguration?.securityGroups ?? [],
    });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    addEvent(state, task.service, `was unable to place a task. Reason: ${error.message}`);
    endByItself(
      state,
      task,
      { code: 'TaskFailedToStart', reason: `Unexpected EC2 error: ${error.message}` },
      undefined,
    );
    return;
  }
  state.tasksByAddress.set(`${task.address.vpcId}/${task.address.ip}`, task);
  enter(state, task, 'PENDING');
  task.pullStartedAt = state.world.now();
  task.cancel = afterLatency(state, 0.6 * total, () => startContainers(state, task, total));
}

function startContainers(state: EcsState, task: TaskRecord, total: number): void {
  task.pullStoppedAt = state.world.now();
  if (behaviourOf(task.taskDefinition) === 'fails-to-start') {
    endByItself(state, task, { code: 'EssentialContainerExited', reason: 'Essential container in task exited' }, 1);
    return;
  }
  enter(state, task, 'ACTIVATING');
  task.cancel = afterLatency(state, 0.15 * total, () => run(state, task));
}

/** Registration ends ACTIVATING: a target never exists before its task answers, so the data plane and ECS agree. */
function run(state: EcsState, task: TaskRecord): void {
  const { address, service } = task;
  if (address === undefined) throw new Error(`task ${task.arn} runs without an address`);
  task.startedAt = state.world.now();
  const { account, region } = service.cluster;
  const isAiling = state.ailing?.({ account, region, family: task.taskDefinition.family.name }) ?? false;
  task.answering = behaviourOf(task.taskDefinition) === 'works' && !isAiling;
  enter(state, task, 'RUNNING');
  listen(state);
  task.targets = task.deployment.revision.loadBalancers.map((balancer) => ({
    targetGroupArn: balancer.targetGroupArn ?? '',
    containerName: balancer.containerName ?? '',
    target: { ip: address.ip, port: balancer.containerPort ?? 0 },
  }));
  for (const { targetGroupArn, target } of task.targets) {
    if (state.world.elb.targetGroup(targetGroupArn) === undefined) {
      addEvent(
        state,
        service,
        `failed to register targets in (target-group ${targetGroupArn}) with (error Target groups '${targetGroupArn}' not found)`,
      );
      continue;
    }
    state.tasksByTarget.set(targetKey(targetGroupArn, target), task);
    state.world.elb.register(targetGroupArn, target, task.answering);
    addEvent(state, service, `registered 1 targets in (target-group ${targetGroupArn})`);
  }
  watchContainers(state, task);
}

function watchContainers(state: EcsState, task: TaskRecord): void {
  const check = containerCheck(task);
  if (check === undefined) return;
  task.cancel = afterLatency(state, task.answering ? check.passAfterMs : check.failAfterMs, () => {
    task.cancel = undefined;
    task.containerHealth = task.answering ? 'HEALTHY' : 'UNHEALTHY';
    wakeService(state, task.service);
  });
}

/** Follows the targets of tasks in all target groups, from the first registration on. */
function listen(state: EcsState): void {
  if (state.listening) return;
  state.listening = true;
  state.world.elb.onTargetChange((targetGroupArn, target, found) => {
    const key = targetKey(targetGroupArn, target);
    const task = state.tasksByTarget.get(key);
    if (task === undefined) return;
    if (found === undefined && task.draining.delete(key) && task.draining.size === 0) {
      const proceed = task.cancel;
      task.cancel = state.world.at(state.world.now(), () => stopContainers(state, task));
      proceed?.();
    }
    wakeService(state, task.service);
  });
}

/** A task ends that nobody asked to stop: a failure of its deployment. */
function endByItself(state: EcsState, task: TaskRecord, cause: StopCause, exitCode: number | undefined): void {
  task.exitCode = exitCode;
  recordFailure(state, task, task.startedAt === undefined ? 'start' : 'check');
  markStopping(state, task, cause);
  task.executionStoppedAt = state.world.now();
  deprovision(state, task);
}

function markStopping(state: EcsState, task: TaskRecord, cause: StopCause): void {
  task.desiredStatus = 'STOPPED';
  task.service.unsteady = true;
  task.stopCode = cause.code;
  task.stoppedReason = cause.reason;
  task.stoppingAt = state.world.now();
  task.cancel?.();
  task.cancel = undefined;
}

/** Asks a task to stop: it leaves its target groups first, then its containers are stopped. Does nothing for one that is already stopping. */
export function stopTask(state: EcsState, task: TaskRecord, cause: StopCause): void {
  if (task.desiredStatus === 'STOPPED') return;
  const wasRunning = task.lastStatus === 'RUNNING';
  markStopping(state, task, cause);
  if (!wasRunning) {
    deprovision(state, task);
    return;
  }
  if (deregister(state, task)) {
    enter(state, task, 'DEACTIVATING');
    task.cancel = afterLatency(state, longestDelay(state, task) + drainMarginMs, () => {
      task.draining.clear();
      stopContainers(state, task);
    });
    return;
  }
  stopContainers(state, task);
}

/** Takes the task's targets out; whether there is any to wait for. */
function deregister(state: EcsState, task: TaskRecord): boolean {
  for (const { targetGroupArn, target } of task.targets) {
    const key = targetKey(targetGroupArn, target);
    if (state.tasksByTarget.get(key) !== task) continue;
    state.world.elb.deregister(targetGroupArn, target);
    addEvent(state, task.service, `deregistered 1 targets in (target-group ${targetGroupArn})`);
    if (state.world.elb.targetState(targetGroupArn, target) !== undefined) task.draining.add(key);
  }
  return task.draining.size > 0;
}

function longestDelay(state: EcsState, task: TaskRecord): number {
  const delays = task.targets.map(
    ({ targetGroupArn }) => state.world.elb.targetGroup(targetGroupArn)?.deregistrationDelaySeconds ?? 0,
  );
  return Math.max(0, ...delays) * 1_000;
}

/** The service event about tasks that were stopped. */
export function stoppedText(tasks: readonly TaskRecord[]): string {
  return `has stopped ${tasks.length} running tasks: ${tasks.map(({ id }) => `(task ${id})`).join(' ')}.`;
}

function stopContainers(state: EcsState, task: TaskRecord): void {
  if (task.lastStatus === 'DEACTIVATING') addEvent(state, task.service, stoppedText([task]));
  enter(state, task, 'STOPPING');
  task.answering = false;
  const timeouts = (task.taskDefinition.description.containerDefinitions ?? []).map(
    ({ stopTimeout = 30 }) => stopTimeout,
  );
  task.cancel = afterLatency(state, stopLatency(state.world, Math.max(...timeouts)), () => {
    // 143 is the exit code of a process that ended on SIGTERM.
    task.exitCode = 143;
    task.executionStoppedAt = state.world.now();
    deprovision(state, task);
  });
}

function deprovision(state: EcsState, task: TaskRecord): void {
  enter(state, task, 'DEPROVISIONING');
  task.answering = false;
  task.cancel = afterLatency(state, deprovisionLatency(state.world), () => finish(state, task));
}

/** STOPPED: everything that the task held is free again; it stays describable for an hour. */
function finish(state: EcsState, task: TaskRecord): void {
  const { service, address } = task;
  enter(state, task, 'STOPPED');
  task.stoppedAt = state.world.now();
  if (address !== undefined) {
    state.tasksByAddress.delete(`${address.vpcId}/${address.ip}`);
    state.world.ec2.releaseAddress(address.vpcId, address.ip);
  }
  for (const { targetGroupArn, target } of task.targets) {
    const key = targetKey(targetGroupArn, target);
    if (state.tasksByTarget.get(key) === task) state.tasksByTarget.delete(key);
  }
  service.tasks.delete(task);
  release(state, task.taskDefinition);
  freeCpu(state, task);
  state.world.at(state.world.now() + stoppedTaskMs, () => {
    service.cluster.tasks.delete(task.id);
    state.tasksByArn.delete(task.arn);
  });
}

/** Whoever has waited longest for vCPU may try first. */
function freeCpu(state: EcsState, task: TaskRecord): void {
  if (task.cpuUnits === 0) return;
  const region = regionOf(state, task.service.cluster);
  region.cpuUnitsInUse -= task.cpuUnits;
  for (const waiting of region.waitingForCpu) {
    region.waitingForCpu.delete(waiting);
    wakeService(state, waiting);
    return;
  }
}

/** The task's essential container exits with code 1: for tests and demos. Does nothing for a task that is already stopping. */
export function killTask(state: EcsState, task: TaskRecord): void {
  if (task.desiredStatus === 'STOPPED') return;
  setTaskAnswering(state, task, false);
  deregister(state, task);
  task.draining.clear();
  endByItself(state, task, { code: 'EssentialContainerExited', reason: 'Essential container in task exited' }, 1);
}

/** Makes a running task's health checks fail, or pass again, from now on. */
export function setTaskAnswering(state: EcsState, task: TaskRecord, answering: boolean): void {
  if (task.lastStatus !== 'RUNNING') return;
  task.answering = answering;
  for (const { targetGroupArn, target } of task.targets) {
    if (state.tasksByTarget.get(targetKey(targetGroupArn, target)) === task) {
      state.world.elb.setAnswering(targetGroupArn, target, answering);
    }
  }
  task.cancel?.();
  task.cancel = undefined;
  watchContainers(state, task);
}
