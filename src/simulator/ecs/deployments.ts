import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import { serviceChildArn } from './arns.ts';
import {
  addEvent,
  type DeploymentRecord,
  type EcsState,
  type Revision,
  type ServiceDeploymentRecord,
  type ServiceRecord,
  serial,
  type TaskRecord,
  wakeService,
} from './state.ts';
import { release, retain } from './task-definition-use.ts';

/** Source: "Amazon ECS service throttle logic", ECS developer guide. */
const maxBackoffMs = 27 * 60_000;
/** The first pause; it doubles from then on (assumed). */
const firstBackoffMs = 5_000;
/** A task that failed after it ran is replaced without back-off, but never in the same instant. */
const replacementPauseMs = 1_000;
/** So many failed rounds make ECS say that tasks do not start consistently (assumed). */
const impairedLevel = 3;

/** From the start of a rollback to its end, at the least (assumed). */
const rollbackMs = 60_000;

const keptHistory = 100;

/** Starts a deployment of the revision: it becomes PRIMARY, the others ACTIVE. */
export function startDeployment(state: EcsState, service: ServiceRecord, revision: Revision): DeploymentRecord {
  const now = state.world.now();
  const id = `ecs-svc/${serial(state, 'ecs/deployment')}`;
  const history: ServiceDeploymentRecord = {
    arn: serviceChildArn(
      service.cluster,
      'service-deployment',
      service.cluster.name,
      service.name,
      state.world.hex('ecs/service-deployment', 21),
    ),
    createdAt: now,
    updatedAt: now,
    finishedAt: undefined,
    status: 'IN_PROGRESS',
    statusReason: undefined,
    revision,
    sources: service.deployments.map((deployment) => deployment.revision),
    rollback: undefined,
  };
  for (const deployment of service.deployments) supersede(deployment, now);
  const deployment: DeploymentRecord = {
    id,
    status: 'PRIMARY',
    revision,
    createdAt: now,
    updatedAt: now,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    failedTasks: 0,
    backoffLevel: 0,
    nextLaunchAt: 0,
    completeNotBefore: 0,
    history,
  };
  retain(revision.taskDefinition);
  service.deployments.unshift(deployment);
  service.history.unshift(history);
  service.history.length = Math.min(service.history.length, keptHistory);
  service.revision = revision;
  service.unsteady = true;
  return deployment;
}

function supersede(deployment: DeploymentRecord, now: number): void {
  if (deployment.status === 'PRIMARY') deployment.updatedAt = now;
  deployment.status = 'ACTIVE';
  if (deployment.history.status === 'IN_PROGRESS')
    finishHistory(deployment, now, 'STOPPED', 'Superseded by a newer deployment.');
}

function finishHistory(
  deployment: DeploymentRecord,
  now: number,
  status: ServiceDeploymentRecord['status'],
  reason?: string,
): void {
  deployment.history.status = status;
  deployment.history.statusReason = reason;
  deployment.history.finishedAt = now;
  deployment.history.updatedAt = now;
}

/** The deployment has reached its steady state: it is COMPLETED, and those before it are forgotten. */
export function completeDeployment(state: EcsState, service: ServiceRecord, deployment: DeploymentRecord): void {
  const now = state.world.now();
  deployment.rolloutState = 'COMPLETED';
  deployment.rolloutStateReason = `ECS deployment ${deployment.id} completed.`;
  deployment.updatedAt = now;
  for (const other of service.deployments) {
    if (other === deployment) continue;
    if (other.history.status === 'ROLLBACK_IN_PROGRESS')
      finishHistory(other, now, 'ROLLBACK_SUCCESSFUL', other.history.statusReason);
    release(state, other.revision.taskDefinition);
  }
  if (deployment.history.status === 'IN_PROGRESS') finishHistory(deployment, now, 'SUCCESSFUL');
  service.deployments = [deployment];
  addEvent(state, service, `(deployment ${deployment.id}) deployment completed.`);
}

/** A service that ends lets go of all its deployments. */
export function dropDeployments(state: EcsState, service: ServiceRecord): void {
  for (const deployment of service.deployments) release(state, deployment.revision.taskDefinition);
  service.deployments = [];
}

/** Counts a task that did not start, or that failed its checks, and draws the consequences: back-off, circuit breaker. */
export function recordFailure(state: EcsState, task: TaskRecord, kind: 'start' | 'check'): void {
  const { service, deployment } = task;
  const now = state.world.now();
  deployment.failedTasks += 1;
  deployment.updatedAt = now;
  deployment.nextLaunchAt = Math.max(deployment.nextLaunchAt, now + replacementPauseMs);
  // Tasks that were launched together count as one attempt.
  if (kind === 'start' && task.backoffLevel >= deployment.backoffLevel) {
    deployment.backoffLevel = task.backoffLevel + 1;
    const pause = Math.min(maxBackoffMs, firstBackoffMs * 2 ** (deployment.backoffLevel - 1));
    deployment.nextLaunchAt = Math.max(deployment.nextLaunchAt, now + pause);
    if (deployment.backoffLevel === impairedLevel) {
      addEvent(
        state,
        service,
        'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
      );
    }
  }
  breakCircuit(state, service, deployment);
}

/** A task of the deployment has become healthy: the row of failures is over. */
export function recordHealthy(task: TaskRecord): void {
  const { deployment, service } = task;
  const breaker = service.deploymentConfiguration.deploymentCircuitBreaker;
  if (breaker?.enable === true && breaker.resetOnHealthyTask === false) return;
  deployment.failedTasks = 0;
  deployment.backoffLevel = 0;
}

/** How many failures in a row break the circuit. Source: "How the deployment circuit breaker detects failures", ECS developer guide. */
export function breakerThreshold(configuration: DeploymentConfiguration, desiredCount: number): number {
  const { type = 'BOUNDED_PERCENT', value = 50 } = configuration.deploymentCircuitBreaker?.thresholdConfiguration ?? {};
  if (type === 'COUNT') return value;
  const share = Math.ceil((value / 100) * desiredCount);
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : Math.min(200, Math.max(3, share));
}

function breakCircuit(state: EcsState, service: ServiceRecord, deployment: DeploymentRecord): void {
  const breaker = service.deploymentConfiguration.deploymentCircuitBreaker;
  if (breaker?.enable !== true || service.status !== 'ACTIVE') return;
  if (deployment.status !== 'PRIMARY' || deployment.rolloutState !== 'IN_PROGRESS') return;
  if (deployment.failedTasks < breakerThreshold(service.deploymentConfiguration, service.desiredCount)) return;
  const now = state.world.now();
  deployment.rolloutState = 'FAILED';
  deployment.rolloutStateReason = 'ECS deployment circuit breaker: tasks failed to start.';
  deployment.updatedAt = now;
  addEvent(state, service, `(deployment ${deployment.id}) deployment failed: tasks failed to start.`);
  const last = service.deployments.find(({ rolloutState }) => rolloutState === 'COMPLETED');
  if (breaker.rollback === true && last !== undefined) rollBack(state, service, { from: deployment, to: last });
  else finishHistory(deployment, now, 'STOPPED', deployment.rolloutStateReason);
  wakeService(state, service);
}

/** The last COMPLETED deployment itself becomes PRIMARY again. Source: as above. */
function rollBack(
  state: EcsState,
  service: ServiceRecord,
  { from, to }: { from: DeploymentRecord; to: DeploymentRecord },
): void {
  const now = state.world.now();
  from.status = 'ACTIVE';
  to.status = 'PRIMARY';
  to.rolloutState = 'IN_PROGRESS';
  to.rolloutStateReason = `ECS deployment circuit breaker: rolling back to deploymentId ${to.id}.`;
  to.updatedAt = now;
  to.failedTasks = 0;
  to.backoffLevel = 0;
  to.nextLaunchAt = 0;
  to.completeNotBefore = now + rollbackMs * state.world.latencyFactor;
  from.history.status = 'ROLLBACK_IN_PROGRESS';
  from.history.statusReason = from.rolloutStateReason;
  from.history.updatedAt = now;
  from.history.rollback = { reason: from.rolloutStateReason, startedAt: now, revision: to.revision };
  service.deployments = [to, ...service.deployments.filter((deployment) => deployment !== to)];
  service.revision = to.revision;
  service.unsteady = true;
  addEvent(state, service, `rolling back to deployment ${to.id}.`);
}
