import type { Ecs } from '../../aws/ports.ts';
import { canonicalHash } from '../../model/records/canonical.ts';
import type { FieldChange } from '../../model/resources.ts';
import type { PlacementContext } from '../contract.ts';
import { fieldChanges } from '../fields.ts';
import { tagChanges } from '../marks.ts';
import { type TaskDefinitionContent, taskDefinitionTags } from './desired.ts';
import type { LiveTaskDefinition } from './observe.ts';

/**
 * What a revision lacks. Content is compared in canonical form, since ECS fills in defaults and reorders lists (facts: quirks). A deregistered revision is not
 * usable for new tasks: field `status`. Environment values are shown as hashes.
 */
export function diffTaskDefinition(
  desired: TaskDefinitionContent,
  live: LiveTaskDefinition,
  context: PlacementContext,
): readonly FieldChange[] {
  const changes = fieldChanges(canonicalContent(desired), canonicalContent(live.definition)).map(veiled);
  if (live.definition.status === 'INACTIVE') changes.push({ field: 'status', before: 'INACTIVE', after: 'ACTIVE' });
  return [...changes, ...tagChanges('tags', live.tags, taskDefinitionTags(context, canonicalHash(desired)))];
}

/** A revision is immutable: only its tags can be put right in place. */
export function taskDefinitionNeedsSuccessor(fields: readonly FieldChange[]): boolean {
  return fields.some((change) => change.field !== 'tags');
}

type Content = Pick<
  Ecs.TaskDefinition,
  | 'family'
  | 'networkMode'
  | 'requiresCompatibilities'
  | 'cpu'
  | 'memory'
  | 'runtimePlatform'
  | 'taskRoleArn'
  | 'executionRoleArn'
  | 'containerDefinitions'
  | 'volumes'
  | 'placementConstraints'
  | 'proxyConfiguration'
  | 'ipcMode'
  | 'pidMode'
  | 'ephemeralStorage'
  | 'inferenceAccelerators'
  | 'enableFaultInjection'
>;

function canonicalContent(content: Content): Record<string, unknown> {
  return {
    family: content.family,
    networkMode: content.networkMode,
    requiresCompatibilities: content.requiresCompatibilities,
    cpu: content.cpu,
    memory: content.memory,
    runtimePlatform: content.runtimePlatform,
    taskRoleArn: content.taskRoleArn,
    executionRoleArn: content.executionRoleArn,
    containerDefinitions: content.containerDefinitions?.map(canonicalContainer),
    volumes: content.volumes,
    placementConstraints: content.placementConstraints,
    proxyConfiguration: content.proxyConfiguration,
    ipcMode: content.ipcMode,
    pidMode: content.pidMode,
    ephemeralStorage: content.ephemeralStorage,
    inferenceAccelerators: content.inferenceAccelerators,
    enableFaultInjection: content.enableFaultInjection === true ? true : undefined,
  };
}

function canonicalContainer(container: Ecs.ContainerDefinition): Record<string, unknown> {
  const { essential, cpu, portMappings, environment, secrets, ...rest } = container;
  return {
    ...rest,
    essential: essential ?? true,
    cpu: cpu === 0 ? undefined : cpu,
    portMappings: portMappings?.map(canonicalPort),
    environment: sortedByName(environment),
    secrets: sortedByName(secrets),
  };
}

/** Under awsvpc the host port is the container port, and ECS says so. */
function canonicalPort(port: Ecs.PortMapping): Record<string, unknown> {
  const { hostPort, protocol, ...rest } = port;
  return { ...rest, hostPort: hostPort === port.containerPort ? undefined : hostPort, protocol: protocol ?? 'tcp' };
}

function sortedByName<T extends { name?: string | undefined }>(items: readonly T[] | undefined): T[] | undefined {
  return items === undefined ? undefined : [...items].sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1));
}

function veiled(change: FieldChange): FieldChange {
  if (change.field !== 'containerDefinitions') return change;
  return { ...change, before: veil(change.before), after: veil(change.after) };
}

/** Containers with every environment value replaced by a short hash of it. */
function veil(containers: unknown): unknown {
  if (!Array.isArray(containers)) return containers;
  return containers.map((container: unknown) => {
    if (typeof container !== 'object' || container === null || !('environment' in container)) return container;
    const { environment } = container;
    if (!Array.isArray(environment)) return container;
    return {
      ...container,
      environment: environment.map((pair: { name?: string; value?: string }) => ({
        name: pair.name,
        value: canonicalHash(pair.value ?? '').slice(0, 11),
      })),
    };
  });
}
