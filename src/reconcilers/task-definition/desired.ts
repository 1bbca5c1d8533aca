import type { Ecs } from '../../aws/ports.ts';
import { marks } from '../../model/names.ts';
import { partitionOf, roleArnOf } from '../../model/records/aws-shapes.ts';
import { canonicalHash } from '../../model/records/canonical.ts';
import type { Desired, PlacementContext } from '../contract.ts';
import { ourTags } from '../marks.ts';
import { nameOfPlacement } from '../names.ts';

/** The input of RegisterTaskDefinition, without tags: the content of a revision. */
export type TaskDefinitionContent = Omit<Ecs.RegisterTaskDefinitionCommandInput, 'tags'>;

/** The container that serves; a task has no other. */
export const containerName = 'app';

/**
 * The task definition of a placement, as registered. Lists are sorted by name: their order means nothing to ECS, which gives them back in another one.
 */
export function desiredTaskDefinition(context: PlacementContext): Desired<TaskDefinitionContent> {
  const { service } = context.effective;
  const value: TaskDefinitionContent = {
    family: nameOfPlacement(context),
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: String(service.cpu),
    memory: String(service.memoryMiB),
    runtimePlatform: { cpuArchitecture: service.architecture, operatingSystemFamily: 'LINUX' },
    ...(service.taskRoleName === undefined ? {} : { taskRoleArn: roleArnOf(context.cell, service.taskRoleName) }),
    ...(service.executionRoleName === undefined
      ? {}
      : { executionRoleArn: roleArnOf(context.cell, service.executionRoleName) }),
    containerDefinitions: [container(context)],
  };
  return { state: 'known', value, hash: canonicalHash(value) };
}

/** Our tags and the hash of the content: what finds a revision again whose registration was never answered. */
export function taskDefinitionTags(context: PlacementContext, hash: string): Readonly<Record<string, string>> {
  return { ...ourTags(context), [marks.spec]: hash };
}

function container(context: PlacementContext): Ecs.ContainerDefinition {
  const { service } = context.effective;
  return {
    name: containerName,
    image: service.image,
    essential: true,
    portMappings: [{ containerPort: service.containerPort, protocol: 'tcp' }],
    environment: environment(context),
    ...(Object.keys(service.secrets).length === 0 ? {} : { secrets: secrets(context) }),
    ...(service.logGroup === undefined ? {} : { logConfiguration: logs(context, service.logGroup) }),
  };
}

function environment(context: PlacementContext): { name: string; value: string }[] {
  const own = {
    TENANT_ID: context.tenant,
    TIER: context.placement.tier,
    CELL: context.cell.name,
    INFRA_GROUP: context.group.name,
  };
  // Ours come last: a record can never speak for another tenant.
  return byName(
    Object.entries({ ...context.effective.service.environment, ...own }).map(([name, value]) => ({ name, value })),
  );
}

function secrets(context: PlacementContext): { name: string; valueFrom: string }[] {
  const { region, accountId } = context.cell;
  const place = `${partitionOf(region)}:%:${region}:${accountId}`;
  return byName(
    Object.entries(context.effective.service.secrets).map(([name, secret]) => ({
      name,
      valueFrom:
        secret.from === 'ssm'
          ? `arn:${place.replace('%', 'ssm')}:parameter${secret.name}`
          : `arn:${place.replace('%', 'secretsmanager')}:secret:${secret.name}`,
    })),
  );
}

function logs(context: PlacementContext, group: string): Ecs.LogConfiguration {
  return {
    logDriver: 'awslogs',
    options: { 'awslogs-group': group, 'awslogs-region': context.cell.region, 'awslogs-stream-prefix': context.tenant },
  };
}

function byName<T extends { name: string }>(items: T[]): T[] {
  return items.sort((a, b) => (a.name < b.name ? -1 : 1));
}
