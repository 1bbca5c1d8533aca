import type {
  Compatibility,
  ContainerDefinition,
  NetworkMode,
  RegisterTaskDefinitionRequest,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import { normalizedContainer, rotated } from './container-definitions.ts';
import { clientException } from './errors.ts';
import { cpuUnits, isFargateSize, memoryMib } from './fargate-sizes.ts';
import { isFamilyName } from './names.ts';

/** Source: LogConfiguration, ECS API reference. */
const fargateLogDrivers: readonly string[] = ['awslogs', 'splunk', 'awsfirelens'];
const rolePattern = /^(arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}|[\w+=,.@-]{1,64})$/;

/** What an account's quotas allow a task definition. */
interface Limits {
  readonly containers: number;
  readonly kilobytes: number;
}

/** What RegisterTaskDefinition would store: the description without ARN, revision, status and dates. Throws ClientException. */
export function normalizedTaskDefinition(input: RegisterTaskDefinitionRequest, limits: Limits): TaskDefinition {
  const family = input.family ?? '';
  if (family === '') throw clientException('Family should not be null or empty.');
  if (!isFamilyName(family)) throw clientException('Family contains invalid characters.');
  const size = Buffer.byteLength(JSON.stringify(input));
  const maxBytes = limits.kilobytes * 1_024;
  if (size > maxBytes) {
    throw clientException(`Actual length: '${size}'. Max allowed length is '${maxBytes}' bytes.`);
  }
  const networkMode = input.networkMode ?? 'bridge';
  const containers = containersOf(input, networkMode, limits.containers);
  const description: TaskDefinition = {
    family,
    containerDefinitions: containers,
    ...present({ taskRoleArn: roleOf(input.taskRoleArn), executionRoleArn: roleOf(input.executionRoleArn) }),
    networkMode,
    volumes: input.volumes ?? [],
    placementConstraints: [],
    requiresAttributes: [],
    ...present({
      requiresCompatibilities: input.requiresCompatibilities,
      cpu: cpuUnits(input.cpu),
      memory: memoryMib(input.memory),
      pidMode: input.pidMode,
      ipcMode: input.ipcMode,
      proxyConfiguration: input.proxyConfiguration,
      ephemeralStorage: input.ephemeralStorage,
      runtimePlatform: input.runtimePlatform,
    }),
    enableFaultInjection: input.enableFaultInjection ?? false,
  };
  checkSizes(description);
  const obstacle = fargateObstacle(description);
  if (input.requiresCompatibilities?.includes('FARGATE') === true && obstacle !== undefined) {
    throw clientException(obstacle);
  }
  const compatibilities: Compatibility[] = obstacle === undefined ? ['EC2', 'FARGATE'] : ['EXTERNAL', 'EC2'];
  return { ...description, compatibilities };
}

function present<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function roleOf(role: string | undefined): string | undefined {
  if (role === undefined || role === '') return undefined;
  if (!rolePattern.test(role)) throw clientException('Role is not valid');
  return role;
}

function containersOf(
  input: RegisterTaskDefinitionRequest,
  networkMode: NetworkMode,
  maxContainers: number,
): ContainerDefinition[] {
  const given = input.containerDefinitions ?? [];
  if (given.length === 0) throw clientException('Container list cannot be empty.');
  if (given.length > maxContainers) {
    throw clientException(`A task definition can have at most ${maxContainers} containers; found ${given.length}.`);
  }
  const containers = given.map((container) => normalizedContainer(container, networkMode));
  if (new Set(containers.map(({ name }) => name)).size < containers.length) {
    throw clientException('Container names must be unique within a task definition.');
  }
  if (!containers.some(({ essential }) => essential)) {
    throw clientException('At least one container of a task definition must be essential.');
  }
  if (input.executionRoleArn === undefined && containers.some(({ secrets }) => (secrets ?? []).length > 0)) {
    throw clientException(
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    );
  }
  return rotated(containers);
}

/** The containers together must fit into the task. */
function checkSizes(description: TaskDefinition): void {
  const containers = description.containerDefinitions ?? [];
  const cpu = containers.reduce((sum, container) => sum + (container.cpu ?? 0), 0);
  if (description.cpu !== undefined && cpu > Number(description.cpu)) {
    throw clientException(
      `The containers' 'cpu' adds up to ${cpu}, which is greater than the ${description.cpu} of the task.`,
    );
  }
  for (const { name, memory, memoryReservation } of containers) {
    if (description.memory === undefined && memory === undefined && memoryReservation === undefined) {
      throw clientException(
        `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
      );
    }
    if (Math.max(memory ?? 0, memoryReservation ?? 0) > Number(description.memory ?? Infinity)) {
      throw clientException(`Invalid setting for container '${name}'. Its memory is greater than that of the task.`);
    }
  }
}

/** Why Fargate cannot run it, in ECS's words; undefined when it can. */
function fargateObstacle(description: TaskDefinition): string | undefined {
  const { cpu, memory, ephemeralStorage, executionRoleArn } = description;
  if (description.networkMode !== 'awsvpc') return "Fargate only supports network mode 'awsvpc'.";
  if (cpu === undefined) return "Fargate requires that 'cpu' be defined at the task level.";
  if (memory === undefined) return "Fargate requires that 'memory' be defined at the task level.";
  if (!isFargateSize(Number(cpu), Number(memory))) {
    return `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`;
  }
  if (description.pidMode === 'host') return "Fargate only supports pidMode 'task'.";
  if (description.ipcMode !== undefined) return "Fargate does not support 'ipcMode'.";
  const storage = ephemeralStorage?.sizeInGiB;
  if (storage !== undefined && (storage < 21 || storage > 200)) {
    return `The ephemeral storage size must be between 21 and 200 GiB; found ${storage}.`;
  }
  for (const container of description.containerDefinitions ?? []) {
    const obstacle = containerObstacle(container, executionRoleArn !== undefined);
    if (obstacle !== undefined) return obstacle;
  }
  return undefined;
}

function containerObstacle(container: ContainerDefinition, hasExecutionRole: boolean): string | undefined {
  const driver = container.logConfiguration?.logDriver;
  if (driver !== undefined && !fargateLogDrivers.includes(driver)) {
    return `Fargate does not support the log driver ${driver}; expected one of ${fargateLogDrivers.join(', ')}.`;
  }
  if (!hasExecutionRole && container.logConfiguration?.logDriver === 'awslogs') {
    return 'Fargate requires task definition to have execution role ARN to support log driver awslogs.';
  }
  if (!hasExecutionRole && /\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\//.test(container.image ?? '')) {
    return 'Fargate requires task definition to have execution role ARN to support ECR images.';
  }
  if ((container.stopTimeout ?? 0) > 120) return 'The maximum stop timeout for Fargate tasks is 120 seconds.';
  if (container.privileged === true) return "Fargate does not support 'privileged' containers.";
  return undefined;
}
