import type { Attachment, Container, Task, TaskField } from '@aws-sdk/client-ecs';
import { containerArn } from './arns.ts';
import { platformOf } from './service-view.ts';
import type { TaskRecord } from './state.ts';
import { tagList } from './tags.ts';

/** A task as DescribeTasks shows it; tags only where `include` asks for them. */
export function taskView(task: TaskRecord, include: readonly TaskField[] | undefined): Task {
  const { service, taskDefinition } = task;
  const { description } = taskDefinition;
  return {
    taskArn: task.arn,
    clusterArn: service.cluster.arn,
    taskDefinitionArn: taskDefinition.arn,
    attachments: [attachmentView(task)],
    attributes: [
      { name: 'ecs.cpu-architecture', value: description.runtimePlatform?.cpuArchitecture?.toLowerCase() ?? 'x86_64' },
    ],
    availabilityZone: task.zone,
    ...capacityView(task),
    ...(task.startedAt === undefined ? {} : { connectivity: 'CONNECTED', connectivityAt: new Date(task.startedAt) }),
    containers: (description.containerDefinitions ?? []).map((_, index) => containerView(task, index)),
    cpu: description.cpu,
    memory: description.memory,
    desiredStatus: task.desiredStatus,
    lastStatus: task.lastStatus,
    enableExecuteCommand: service.enableExecuteCommand,
    group: `service:${service.name}`,
    startedBy: task.deployment.id,
    healthStatus: task.containerHealth,
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [] },
    platformVersion: platformOf(task.deployment.revision),
    platformFamily: 'Linux',
    ephemeralStorage: { sizeInGiB: description.ephemeralStorage?.sizeInGiB ?? 20 },
    version: task.version,
    createdAt: new Date(task.createdAt),
    ...datesOf(task),
    ...(task.stopCode === undefined ? {} : { stopCode: task.stopCode, stoppedReason: task.stoppedReason }),
    tags: include?.includes('TAGS') === true ? tagList(task.tags) : [],
  };
}

function capacityView({ service }: TaskRecord): Pick<Task, 'launchType' | 'capacityProviderName'> {
  const [provider] = service.capacityProviderStrategy ?? [];
  return provider === undefined
    ? { launchType: 'FARGATE' }
    : { launchType: 'FARGATE', capacityProviderName: provider.capacityProvider };
}

function datesOf(task: TaskRecord): Partial<Task> {
  const dates = {
    pullStartedAt: task.pullStartedAt,
    pullStoppedAt: task.pullStoppedAt,
    startedAt: task.startedAt,
    stoppingAt: task.stoppingAt,
    executionStoppedAt: task.executionStoppedAt,
    stoppedAt: task.stoppedAt,
  };
  return Object.fromEntries(
    Object.entries(dates).flatMap(([name, at]) => (at === undefined ? [] : [[name, new Date(at)]])),
  );
}

function attachmentView(task: TaskRecord): Attachment {
  const { address } = task;
  const status = address === undefined ? 'PRECREATED' : task.lastStatus === 'STOPPED' ? 'DELETED' : 'ATTACHED';
  return {
    id: task.attachmentId,
    type: 'ElasticNetworkInterface',
    status,
    details: [
      { name: 'subnetId', value: task.subnetId },
      ...(address === undefined
        ? []
        : [
            { name: 'networkInterfaceId', value: address.eniId },
            { name: 'macAddress', value: macOf(address.ip) },
            {
              name: 'privateDnsName',
              value: `ip-${address.ip.replaceAll('.', '-')}.${task.service.cluster.region}.compute.internal`,
            },
            { name: 'privateIPv4Address', value: address.ip },
          ]),
    ],
  };
}

/** A locally administered MAC address that follows from the address. */
function macOf(ip: string): string {
  return ['0a', '58', ...ip.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))].join(':');
}

function containerView(task: TaskRecord, index: number): Container {
  const definition = task.taskDefinition.description.containerDefinitions?.[index] ?? {};
  const { cluster } = task.service;
  // Ids follow from the task's: containers have no life of their own here.
  const id = `${task.id.slice(0, 8)}-${String(index).padStart(4, '0')}-4000-8000-${task.id.slice(8, 20)}`;
  return {
    containerArn: containerArn(cluster, cluster.name, task.id, id),
    taskArn: task.arn,
    name: definition.name,
    image: definition.image,
    lastStatus: containerStatus(task),
    ...(task.startedAt === undefined ? {} : { runtimeId: `${task.id}-${index}` }),
    ...(task.exitCode === undefined || task.executionStoppedAt === undefined ? {} : { exitCode: task.exitCode }),
    networkBindings: [],
    networkInterfaces:
      task.address === undefined ? [] : [{ attachmentId: task.attachmentId, privateIpv4Address: task.address.ip }],
    healthStatus: definition.healthCheck === undefined ? 'UNKNOWN' : task.containerHealth,
    managedAgents: [],
    cpu: String(definition.cpu ?? 0),
    ...(definition.memory === undefined ? {} : { memory: String(definition.memory) }),
    ...(definition.memoryReservation === undefined ? {} : { memoryReservation: String(definition.memoryReservation) }),
  };
}

function containerStatus(task: TaskRecord): string {
  if (task.executionStoppedAt !== undefined) return 'STOPPED';
  switch (task.lastStatus) {
    case 'RUNNING':
    case 'DEACTIVATING':
    case 'STOPPING':
      return 'RUNNING';
    case 'PROVISIONING':
    case 'PENDING':
    case 'ACTIVATING':
      return 'PENDING';
    case 'DEPROVISIONING':
    case 'STOPPED':
      return 'STOPPED';
  }
}
