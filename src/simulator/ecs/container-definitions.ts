import type { ContainerDefinition, HealthCheck, KeyValuePair, NetworkMode, PortMapping } from '@aws-sdk/client-ecs';
import { clientException } from './errors.ts';

const containerName = /^[A-Za-z0-9_-]{1,255}$/;

/**
 * A container as ECS gives it back: defaults filled in, empty lists present, and the entries of lists that ECS does not keep in order in
 * another order than sent (observed). Throws ClientException for what ECS refuses.
 */
export function normalizedContainer(container: ContainerDefinition, networkMode: NetworkMode): ContainerDefinition {
  checkContainer(container);
  const { healthCheck } = container;
  return {
    ...container,
    cpu: container.cpu ?? 0,
    essential: container.essential ?? true,
    portMappings: (container.portMappings ?? []).map((mapping) => normalizedPort(mapping, networkMode)),
    environment: rotated(container.environment ?? []).map(({ name, value }) => ({ name, value: value ?? '' })),
    ...(container.secrets === undefined ? {} : { secrets: rotated(container.secrets) }),
    mountPoints: container.mountPoints ?? [],
    volumesFrom: container.volumesFrom ?? [],
    systemControls: container.systemControls ?? [],
    ...(healthCheck === undefined ? {} : { healthCheck: normalizedHealthCheck(healthCheck) }),
  };
}

/** The same entries beginning with the second: AWS promises no order, and whoever relies on one shall notice. */
export function rotated<T>(list: readonly T[]): T[] {
  return [...list.slice(1), ...list.slice(0, 1)];
}

function checkContainer(container: ContainerDefinition): void {
  if (container.name === undefined || container.name === '') {
    throw clientException('Container.name should not be null or empty.');
  }
  if (!containerName.test(container.name)) throw clientException('Container.name contains invalid characters.');
  if (container.image === undefined || container.image === '') {
    throw clientException('Container.image should not be null or empty.');
  }
  if (/\s/.test(container.image) || container.image.length > 255) {
    throw clientException('Container.image contains invalid characters.');
  }
  const invalid = (what: string): Error =>
    clientException(`Invalid setting for container '${container.name}'. ${what}`);
  checkResources(container, invalid);
  checkEnvironment(container, invalid);
}

function checkResources(container: ContainerDefinition, invalid: (what: string) => Error): void {
  if ((container.cpu ?? 0) < 0) throw invalid("The 'cpu' value must be at least 0.");
  for (const field of ['memory', 'memoryReservation'] as const) {
    const value = container[field];
    if (value !== undefined && value < 6) throw invalid(`The '${field}' value must be at least 6 MiB.`);
  }
  if ((container.memoryReservation ?? 0) > (container.memory ?? Infinity)) {
    throw invalid("The 'memory' value must be greater than 'memoryReservation'.");
  }
}

function checkEnvironment(container: ContainerDefinition, invalid: (what: string) => Error): void {
  const names = new Set<string>();
  for (const { name } of (container.environment ?? []) satisfies KeyValuePair[]) {
    if (name === undefined || name === '') throw invalid('Environment variable names cannot be null or empty.');
    names.add(name);
  }
  for (const { name, valueFrom } of container.secrets ?? []) {
    if (name === undefined || name === '') throw invalid('Secret names cannot be null or empty.');
    if (valueFrom === undefined || valueFrom === '') throw invalid(`The secret ${name} has no 'valueFrom'.`);
    if (names.has(name)) {
      throw clientException(
        `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${name}'.`,
      );
    }
    names.add(name);
  }
}

function normalizedPort(mapping: PortMapping, networkMode: NetworkMode): PortMapping {
  const { containerPort, hostPort, protocol = 'tcp', containerPortRange } = mapping;
  if (containerPortRange !== undefined) return { ...mapping, protocol };
  if (containerPort === undefined || containerPort < 1 || containerPort > 65_535) {
    throw clientException(`Invalid container port: found ${containerPort ?? 'nothing'}, expected 1 to 65535.`);
  }
  if (networkMode !== 'awsvpc') return { ...mapping, hostPort: hostPort ?? 0, protocol };
  if (hostPort !== undefined && hostPort !== containerPort) {
    throw clientException('When networkMode=awsvpc, the host ports and container ports in port mappings must match.');
  }
  return { ...mapping, containerPort, hostPort: containerPort, protocol };
}

/** Defaults and ranges (seconds). Source: HealthCheck, ECS API reference. */
function normalizedHealthCheck(check: HealthCheck): HealthCheck {
  const filled = { ...check, interval: check.interval ?? 30, timeout: check.timeout ?? 5, retries: check.retries ?? 3 };
  if (check.command === undefined || check.command.length === 0) {
    throw clientException('Health check command cannot be empty.');
  }
  inRange('interval', filled.interval, 5, 300);
  inRange('timeout', filled.timeout, 2, 60);
  inRange('retries', filled.retries, 1, 10);
  if (check.startPeriod !== undefined) inRange('startPeriod', check.startPeriod, 0, 300);
  return filled;
}

function inRange(name: string, value: number, from: number, to: number): void {
  if (value >= from && value <= to) return;
  throw clientException(`Health check ${name} must be between ${from} and ${to}; found ${value}.`);
}
