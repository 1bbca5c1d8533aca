/**
 * Amazon ECS on Fargate: clusters, task definitions, services and their tasks, as rolling updates have them.
 *
 * What a task does is decided by its containers' images, so that tests and demos can steer it:
 * - an image whose name or tag contains `fails-to-start` never gets to RUNNING: its container exits with code 1;
 * - one that contains `unhealthy` runs, but passes no health check, neither the load balancer's nor the container's own;
 * - every other image works. Paths and commands of health checks play no role.
 *
 * Texts of errors and events are those that AWS is known to use where they are known; the rest is worded alike.
 */
import type { EcsWorld, Operation, SimService, World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import { accountSettingOperations } from './account-settings.ts';
import { capacityProviderOperations } from './capacity-providers.ts';
import { clusterOperations } from './clusters.ts';
import { untaken } from './errors.ts';
import { usualTombstoneMs } from './latencies.ts';
import { scalingSide } from './scaling.ts';
import { reconcileService } from './scheduler.ts';
import { serviceDeploymentOperations } from './service-deployments.ts';
import { serviceRevisionOperations } from './service-revisions.ts';
import { serviceOperations } from './services.ts';
import type { EcsState, TaskRecord } from './state.ts';
import { tagOperations } from './tagging.ts';
import { taskDefinitionOperations } from './task-definitions.ts';
import { killTask, setTaskAnswering } from './task-machine.ts';
import { taskOperations } from './tasks.ts';

/** What tests and demos may do to tasks from inside. */
export interface EcsControls {
  /** The task's essential container exits with code 1. Throws when there is no such task; does nothing for one that is stopping. */
  failTask(taskArn: string): void;
  /** The running task's health checks fail (false) or pass (true) from now on. Throws when there is no such task. */
  setTaskAnswering(taskArn: string, answering: boolean): void;
  /** Has tasks that start from now on pass no health check where `decide` says so; undefined: none. */
  setAilments(decide: EcsState['ailing']): void;
}

/** How this ECS differs from what is usual. */
export interface EcsOptions {
  /** How long a deleted cluster or service stays describable, in milliseconds before the latency factor (an hour). */
  readonly tombstoneMs?: number;
}

/** Makes the ECS of a simulated AWS: the service for its calls, and what the world may ask of it. */
export function createEcs(
  world: World,
  options: EcsOptions = {},
): { service: SimService; world: EcsWorld & EcsControls; state: EcsState } {
  const state: EcsState = {
    world,
    tombstoneMs: options.tombstoneMs ?? usualTombstoneMs,
    regions: new Map(),
    tasksByArn: new Map(),
    tasksByAddress: new Map(),
    tasksByTarget: new Map(),
    reconcile: (service) => reconcileService(state, service),
    listening: false,
    endListeners: new Set(),
    ailing: undefined,
  };
  const operations = new Map<string, Operation>(
    [
      clusterOperations(state),
      taskDefinitionOperations(state),
      serviceOperations(state),
      taskOperations(state),
      tagOperations(state),
      serviceDeploymentOperations(state),
      serviceRevisionOperations(state),
      accountSettingOperations(state),
      capacityProviderOperations(state),
    ].flatMap((group) => Object.entries(group)),
  );
  return {
    state,
    service: {
      id: 'ecs',
      operations,
      throttled: () => new AwsError('ThrottlingException', 'Rate exceeded', { status: 400 }),
      untaken,
    },
    world: {
      ...scalingSide(state),
      taskAt: (vpcId, ip) => {
        const task = state.tasksByAddress.get(`${vpcId}/${ip}`);
        return task?.lastStatus === 'RUNNING' ? { taskArn: task.arn, environment: environmentOf(task) } : undefined;
      },
      setAilments: (decide) => {
        state.ailing = decide;
      },
      failTask: (taskArn) => killTask(state, taskNamed(state, taskArn)),
      setTaskAnswering: (taskArn, answering) => setTaskAnswering(state, taskNamed(state, taskArn), answering),
    },
  };
}

function taskNamed(state: EcsState, arn: string): TaskRecord {
  const task = state.tasksByArn.get(arn);
  if (task === undefined)
    throw new Error(`no task ${arn}: expected the ARN of a task that stopped less than an hour ago`);
  return task;
}

/** The environment of the container that answers: the load balancer's, else the first essential one. */
function environmentOf(task: TaskRecord): Record<string, string> {
  const containers = task.taskDefinition.description.containerDefinitions ?? [];
  const answering = task.targets[0]?.containerName;
  const container =
    containers.find(({ name }) => name === answering) ?? containers.find(({ essential }) => essential === true);
  return Object.fromEntries((container?.environment ?? []).map(({ name = '', value = '' }) => [name, value]));
}
