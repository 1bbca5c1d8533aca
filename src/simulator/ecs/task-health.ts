import { type EcsState, type TaskRecord } from './state.ts';

/** A task that nothing checks counts as healthy after so long in RUNNING. Source: minimumHealthyPercent, ECS API reference. */
const uncheckedHealthyMs = 40_000;

/** The essential containers' own health check; undefined when none has one. The longest decides. */
export function containerCheck(task: TaskRecord): { passAfterMs: number; failAfterMs: number } | undefined {
  let found: { passAfterMs: number; failAfterMs: number } | undefined;
  for (const { essential, healthCheck } of task.taskDefinition.description.containerDefinitions ?? []) {
    if (essential !== true || healthCheck === undefined) continue;
    const interval = (healthCheck.interval ?? 30) * 1_000;
    const failAfter = (healthCheck.startPeriod ?? 0) * 1_000 + interval * (healthCheck.retries ?? 3);
    found = {
      passAfterMs: Math.max(found?.passAfterMs ?? 0, interval),
      failAfterMs: Math.max(found?.failAfterMs ?? 0, failAfter),
    };
  }
  return found;
}

/** When a task that nothing checks will count as healthy; undefined for one that has checks or does not run. */
export function healthyByAge(state: EcsState, task: TaskRecord): number | undefined {
  if (task.startedAt === undefined || task.targets.length > 0 || containerCheck(task) !== undefined) return undefined;
  return task.startedAt + uncheckedHealthyMs * state.world.latencyFactor;
}

/** Whether the task counts as healthy: RUNNING, its containers pass, and every target of it is healthy. */
export function isHealthy(state: EcsState, task: TaskRecord): boolean {
  if (task.lastStatus !== 'RUNNING' || task.desiredStatus !== 'RUNNING') return false;
  const byAge = healthyByAge(state, task);
  if (byAge !== undefined) return state.world.now() >= byAge;
  if (containerCheck(task) !== undefined && task.containerHealth !== 'HEALTHY') return false;
  return task.targets.every(
    ({ targetGroupArn, target }) => state.world.elb.targetState(targetGroupArn, target) === 'healthy',
  );
}

/**
 * Why a RUNNING task fails its checks, in the words of a service event; undefined while it does not. A target that somebody else took out
 * fails too (assumed: ECS replaces such a task); one whose group has no rule is not checked and does not fail.
 */
export function failingReason(state: EcsState, task: TaskRecord): string | undefined {
  if (task.containerHealth === 'UNHEALTHY') return `(task ${task.id}) failed container health checks.`;
  for (const { targetGroupArn, target } of task.targets) {
    const found = state.world.elb.targetState(targetGroupArn, target);
    const where = `(port ${target.port}) is unhealthy in (target-group ${targetGroupArn})`;
    if (found === 'unhealthy') return `${where} due to (reason Health checks failed).`;
    if (found === undefined || found === 'draining') {
      return `${where} due to (reason Target is not registered to the target group).`;
    }
  }
  return undefined;
}
