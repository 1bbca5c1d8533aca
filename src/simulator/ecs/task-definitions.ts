import type {
  DeleteTaskDefinitionsRequest,
  DeleteTaskDefinitionsResponse,
  DeregisterTaskDefinitionRequest,
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse,
  Failure,
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionFamiliesResponse,
  ListTaskDefinitionsRequest,
  ListTaskDefinitionsResponse,
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { plainCopy } from '../plain-copy.ts';
import { isArn, taskDefinitionArn } from './arns.ts';
import { callerArn } from './caller.ts';
import { checkListSize, clientException, invalidParameter } from './errors.ts';
import { lookUpTaskDefinition, parseTaskDefinition } from './names.ts';
import { operation } from './operation.ts';
import { page } from './paging.ts';
import { type EcsState, type Family, regionOf, type TaskDefinitionRecord } from './state.ts';
import { tagList, tagsOf } from './tags.ts';
import { normalizedTaskDefinition } from './task-definition-input.ts';
import { taskDefinitionMembers, taskDefinitionValues } from './task-definition-members.ts';
import { removeIfUnused } from './task-definition-use.ts';

/** New deployments may still use a deregistered definition for up to so long. Source: DeregisterTaskDefinition, ECS API reference. */
const restrictionLagMs = 600_000;
/** An INACTIVE definition that nothing refers to stays describable for so long (assumed; the list keeps it). */
const describableMs = 3_600_000;

/** The operations on task definitions. */
export function taskDefinitionOperations(state: EcsState): Record<string, Operation> {
  return {
    RegisterTaskDefinition: operation({
      group: 'task-definition-modify',
      takes: taskDefinitionMembers,
      values: taskDefinitionValues,
      run: (input: RegisterTaskDefinitionRequest, call) => register(state, input, call),
      resources: (input, output: RegisterTaskDefinitionResponse | undefined) => [
        output?.taskDefinition?.taskDefinitionArn ?? input.family,
      ],
    }),
    DeregisterTaskDefinition: operation({
      group: 'task-definition-modify',
      takes: ['taskDefinition'],
      run: (input: DeregisterTaskDefinitionRequest, call) => deregister(state, input, call),
      resources: (input, _output, call) => [nameOf(call, input.taskDefinition)],
    }),
    DeleteTaskDefinitions: operation({
      group: 'task-definition-delete',
      takes: ['taskDefinitions'],
      run: (input: DeleteTaskDefinitionsRequest, call) => deleteTaskDefinitions(state, input, call),
      resources: (input, _output, call) => (input.taskDefinitions ?? []).map((name) => nameOf(call, name)),
    }),
    DescribeTaskDefinition: operation({
      group: 'task-definition-read',
      takes: ['taskDefinition', 'include'],
      values: { include: ['TAGS'] },
      run: (input: DescribeTaskDefinitionRequest, call) => describe(state, input, call),
      resources: (input, output: DescribeTaskDefinitionResponse | undefined, call) => [
        output?.taskDefinition?.taskDefinitionArn ?? nameOf(call, input.taskDefinition),
      ],
    }),
    ListTaskDefinitions: operation({
      group: 'task-definition-read',
      takes: ['familyPrefix', 'status', 'sort', 'nextToken', 'maxResults'],
      values: { status: ['ACTIVE', 'INACTIVE', 'DELETE_IN_PROGRESS'], sort: ['ASC', 'DESC'] },
      run: (input: ListTaskDefinitionsRequest, call) => list(state, input, call),
      resources: (input) => [input.familyPrefix],
    }),
    ListTaskDefinitionFamilies: operation({
      group: 'task-definition-read',
      takes: ['familyPrefix', 'status', 'nextToken', 'maxResults'],
      values: { status: ['ACTIVE', 'INACTIVE', 'ALL'] },
      run: (input: ListTaskDefinitionFamiliesRequest, call) => listFamilies(state, input, call),
      resources: (input) => [input.familyPrefix],
    }),
  };
}

function nameOf(call: Call, text: string | undefined): string | undefined {
  if (text === undefined || isArn(text)) return text;
  const named = parseTaskDefinition(call, text);
  return named?.revision === undefined ? text : taskDefinitionArn(call, named.family, named.revision);
}

function register(state: EcsState, input: RegisterTaskDefinitionRequest, call: Call): RegisterTaskDefinitionResponse {
  // A copy: what the caller does to its objects afterwards must not reach what is stored.
  const normalized = plainCopy(
    normalizedTaskDefinition(input, {
      containers: state.world.quotas.get(call, 'containersPerTaskDefinition'),
      kilobytes: state.world.quotas.get(call, 'taskDefinitionKilobytes'),
    }),
  );
  const tags = tagsOf(input.tags);
  const family = familyOf(state, call, normalized.family ?? '');
  if (family.lastRevision >= state.world.quotas.get(call, 'revisionsPerFamily')) {
    throw new AwsError('LimitExceededException', `The family ${family.name} has all the revisions that it can have.`);
  }
  family.lastRevision += 1;
  const revision = family.lastRevision;
  const arn = taskDefinitionArn(call, family.name, revision);
  const record: TaskDefinitionRecord = {
    arn,
    family,
    revision,
    description: {
      taskDefinitionArn: arn,
      revision,
      ...normalized,
      registeredAt: new Date(call.now),
      registeredBy: callerArn(call),
    },
    status: 'ACTIVE',
    deregisteredAt: undefined,
    restrictedFrom: 0,
    deleteRequestedAt: undefined,
    tags,
    users: 0,
  };
  family.revisions.set(revision, record);
  return { taskDefinition: view(record), tags: tagList(tags) };
}

function familyOf(state: EcsState, call: Call, name: string): Family {
  const { families } = regionOf(state, call);
  let family = families.get(name);
  if (family === undefined) {
    family = { name, lastRevision: 0, revisions: new Map() };
    families.set(name, family);
  }
  return family;
}

function view(record: TaskDefinitionRecord): TaskDefinition {
  return {
    ...record.description,
    status: record.status,
    ...(record.deregisteredAt === undefined ? {} : { deregisteredAt: new Date(record.deregisteredAt) }),
    ...(record.deleteRequestedAt === undefined ? {} : { deleteRequestedAt: new Date(record.deleteRequestedAt) }),
  };
}

function deregister(
  state: EcsState,
  input: DeregisterTaskDefinitionRequest,
  call: Call,
): DescribeTaskDefinitionResponse {
  const text = input.taskDefinition ?? '';
  if (parseTaskDefinition(call, text)?.revision === undefined) {
    throw invalidParameter('A revision must be given: expected family:revision or a full ARN.');
  }
  const record = lookUpTaskDefinition(regionOf(state, call), text);
  if (record === undefined) throw clientException('The specified task definition does not exist.');
  if (record.status === 'ACTIVE') {
    record.status = 'INACTIVE';
    record.deregisteredAt = call.now;
    const lag = state.world.random('ecs/deregister-lag') * restrictionLagMs;
    record.restrictedFrom = call.now + lag * state.world.latencyFactor;
  }
  return { taskDefinition: view(record) };
}

function deleteTaskDefinitions(
  state: EcsState,
  input: DeleteTaskDefinitionsRequest,
  call: Call,
): DeleteTaskDefinitionsResponse {
  checkListSize('TaskDefinitions', input.taskDefinitions, 10);
  const deleted: TaskDefinition[] = [];
  const failures: Failure[] = [];
  for (const text of input.taskDefinitions ?? []) {
    const hasRevision = parseTaskDefinition(call, text)?.revision !== undefined;
    const record = hasRevision ? lookUpTaskDefinition(regionOf(state, call), text) : undefined;
    const arn = nameOf(call, text);
    if (record === undefined) {
      failures.push({
        arn,
        reason:
          'The specified task definition does not exist. Specify a valid account, family, revision and try again.',
      });
    } else if (record.status === 'ACTIVE') {
      failures.push({
        arn,
        reason: 'The specified task definition is still in ACTIVE status. Please deregister the target and try again.',
      });
    } else {
      record.status = 'DELETE_IN_PROGRESS';
      record.deleteRequestedAt ??= call.now;
      deleted.push(view(record));
      removeIfUnused(state, record);
    }
  }
  return { taskDefinitions: deleted, failures };
}

function describe(state: EcsState, input: DescribeTaskDefinitionRequest, call: Call): DescribeTaskDefinitionResponse {
  const record = lookUpTaskDefinition(regionOf(state, call), input.taskDefinition ?? '');
  if (record === undefined || !isDescribable(record, call.now)) {
    throw clientException('Unable to describe task definition.');
  }
  return {
    taskDefinition: view(record),
    ...(input.include?.includes('TAGS') === true ? { tags: tagList(record.tags) } : {}),
  };
}

/** "You can only describe INACTIVE task definitions while an active task or service references them." (ECS API reference), later rather than sooner. */
function isDescribable(record: TaskDefinitionRecord, now: number): boolean {
  return record.status !== 'INACTIVE' || record.users > 0 || now < (record.deregisteredAt ?? now) + describableMs;
}

function list(state: EcsState, input: ListTaskDefinitionsRequest, call: Call): ListTaskDefinitionsResponse {
  const { families } = regionOf(state, call);
  const status = input.status ?? 'ACTIVE';
  const { familyPrefix } = input;
  const only = familyPrefix === undefined ? undefined : families.get(familyPrefix);
  const searched =
    familyPrefix === undefined
      ? [...families.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
      : only === undefined
        ? []
        : [only];
  const arns = searched.flatMap((family) =>
    [...family.revisions.values()].filter((record) => record.status === status).map(({ arn }) => arn),
  );
  if (input.sort === 'DESC') arns.reverse();
  const { items, nextToken } = page(arns, input, 100);
  return { taskDefinitionArns: items, nextToken };
}

function listFamilies(
  state: EcsState,
  input: ListTaskDefinitionFamiliesRequest,
  call: Call,
): ListTaskDefinitionFamiliesResponse {
  const prefix = input.familyPrefix ?? '';
  const names = [...regionOf(state, call).families.values()]
    .filter((family) => family.name.startsWith(prefix) && hasStatus(family, input.status ?? 'ACTIVE'))
    .map(({ name }) => name)
    .sort();
  const { items, nextToken } = page(names, input, 100);
  return { families: items, nextToken };
}

/** A family is ACTIVE while any of its revisions is, and INACTIVE when it has revisions and none is. */
function hasStatus(family: Family, wanted: 'ACTIVE' | 'INACTIVE' | 'ALL'): boolean {
  if (family.revisions.size === 0) return false;
  if (wanted === 'ALL') return true;
  const active = [...family.revisions.values()].some(({ status }) => status === 'ACTIVE');
  return active === (wanted === 'ACTIVE');
}
