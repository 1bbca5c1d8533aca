import type {
  DescribeTasksRequest,
  DescribeTasksResponse,
  Failure,
  ListTasksRequest,
  ListTasksResponse,
  StopTaskRequest,
  StopTaskResponse,
  Task,
} from '@aws-sdk/client-ecs';
import type { Call, Operation } from '../kernel.ts';
import { clusterNameOf, isArn, parseArn, taskArn } from './arns.ts';
import { isFargate } from './cluster-view.ts';
import { checkListSize, invalidParameter } from './errors.ts';
import { findActiveCluster, findCluster, findService } from './names.ts';
import { operation } from './operation.ts';
import { page } from './paging.ts';
import { launchTypes } from './service-members.ts';
import type { ClusterRecord, EcsState, TaskRecord } from './state.ts';
import { stopTask } from './task-machine.ts';
import { taskView } from './task-view.ts';

/** The operations on tasks. */
export function taskOperations(state: EcsState): Record<string, Operation> {
  return {
    ListTasks: operation({
      group: 'cluster-resource-read',
      takes: [
        'cluster',
        'family',
        'nextToken',
        'maxResults',
        'startedBy',
        'serviceName',
        'desiredStatus',
        'launchType',
      ],
      values: { desiredStatus: ['RUNNING', 'PENDING', 'STOPPED'], launchType: launchTypes },
      run: (input: ListTasksRequest, call) => listTasks(state, input, call),
      resources: (input, _output, call) => [input.cluster ?? clusterNameOf(call, undefined)],
    }),
    DescribeTasks: operation({
      group: 'cluster-resource-read',
      takes: ['cluster', 'tasks', 'include'],
      values: { include: ['TAGS'] },
      run: (input: DescribeTasksRequest, call) => describeTasks(state, input, call),
      resources: (input, _output, call) => (input.tasks ?? []).map((task) => taskArnOf(call, input.cluster, task)),
    }),
    StopTask: operation({
      group: 'cluster-resource-modify',
      takes: ['cluster', 'task', 'reason'],
      run: (input: StopTaskRequest, call) => stop(state, input, call),
      resources: (input, _output, call) => [taskArnOf(call, input.cluster, input.task)],
    }),
  };
}

function taskArnOf(call: Call, cluster: string | undefined, task: string | undefined): string | undefined {
  if (task === undefined || isArn(task)) return task;
  return taskArn(call, clusterNameOf(call, cluster) ?? '', task);
}

function lookUpTask(cluster: ClusterRecord, task: string): TaskRecord | undefined {
  if (!isArn(task)) return cluster.tasks.get(task);
  const parsed = parseArn(cluster, task);
  if (parsed?.kind !== 'task') return undefined;
  const [first = '', second] = parsed.path;
  if (second === undefined) return cluster.tasks.get(first);
  return first === cluster.name ? cluster.tasks.get(second) : undefined;
}

function listTasks(state: EcsState, input: ListTasksRequest, call: Call): ListTasksResponse {
  const cluster = findActiveCluster(state, call, input.cluster);
  const service = input.serviceName === undefined ? undefined : findService(cluster, input.serviceName);
  const desired = input.desiredStatus ?? 'RUNNING';
  const arns: string[] = [];
  for (const task of cluster.tasks.values()) {
    // PENDING is accepted and matches nothing: ECS never sets that desired status. Source: ListTasks, ECS API reference.
    if (task.desiredStatus !== desired) continue;
    if (service !== undefined && task.service !== service) continue;
    if (matches(task, input)) arns.push(task.arn);
  }
  const { items, nextToken } = page(arns, input, 100);
  return { taskArns: items, nextToken };
}

function matches(task: TaskRecord, input: ListTasksRequest): boolean {
  if (input.family !== undefined && task.taskDefinition.family.name !== input.family) return false;
  if (input.startedBy !== undefined && task.deployment.id !== input.startedBy) return false;
  return input.launchType === undefined || (input.launchType === 'FARGATE') === isFargate(task.service);
}

function describeTasks(state: EcsState, input: DescribeTasksRequest, call: Call): DescribeTasksResponse {
  const cluster = findCluster(state, call, input.cluster);
  checkListSize('Tasks', input.tasks, 100);
  const tasks: Task[] = [];
  const failures: Failure[] = [];
  for (const wanted of new Set(input.tasks)) {
    const found = lookUpTask(cluster, wanted);
    if (found === undefined) failures.push({ arn: taskArnOf(call, input.cluster, wanted), reason: 'MISSING' });
    else tasks.push(taskView(found, input.include));
  }
  return { tasks, failures };
}

function stop(state: EcsState, input: StopTaskRequest, call: Call): StopTaskResponse {
  const cluster = findActiveCluster(state, call, input.cluster);
  const task = lookUpTask(cluster, input.task ?? '');
  if (task === undefined) throw invalidParameter('The referenced task was not found.');
  stopTask(state, task, { code: 'UserInitiated', reason: input.reason ?? 'Task stopped by user' });
  return { task: taskView(task, []) };
}
