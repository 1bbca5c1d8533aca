import type { Cluster, ClusterField, KeyValuePair } from '@aws-sdk/client-ecs';
import type { ClusterRecord, ServiceRecord, TaskRecord } from './state.ts';
import { tagList } from './tags.ts';

interface Counts {
  running: number;
  pending: number;
  active: number;
  draining: number;
}

/** A cluster as DescribeClusters shows it: the counts always, the rest where `include` asks for it. */
export function clusterView(cluster: ClusterRecord, include: readonly ClusterField[] | undefined): Cluster {
  const wanted = new Set(include ?? []);
  const counts = countsOf(cluster, () => true);
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: counts.running,
    pendingTasksCount: counts.pending,
    activeServicesCount: counts.active,
    statistics: wanted.has('STATISTICS') ? statistics(cluster) : [],
    tags: wanted.has('TAGS') ? tagList(cluster.tags) : [],
    settings: wanted.has('SETTINGS') ? cluster.settings : [],
    ...(wanted.has('CONFIGURATIONS') && cluster.configuration !== undefined
      ? { configuration: cluster.configuration }
      : {}),
    capacityProviders: cluster.capacityProviders,
    defaultCapacityProviderStrategy: cluster.defaultCapacityProviderStrategy,
    ...(wanted.has('ATTACHMENTS') ? { attachments: [] } : {}),
    ...(cluster.serviceConnectDefaults === undefined ? {} : { serviceConnectDefaults: cluster.serviceConnectDefaults }),
  };
}

/** Whether a service runs on Fargate, by launch type or capacity provider. */
export function isFargate(service: ServiceRecord): boolean {
  const [provider] = service.capacityProviderStrategy ?? [];
  if (provider !== undefined) return provider.capacityProvider?.startsWith('FARGATE') ?? false;
  return service.launchType === 'FARGATE';
}

/** Whether a task has been asked for and does not run yet. */
export function isPending(task: TaskRecord): boolean {
  return (
    task.desiredStatus === 'RUNNING' &&
    (task.lastStatus === 'PROVISIONING' || task.lastStatus === 'PENDING' || task.lastStatus === 'ACTIVATING')
  );
}

/** The name/value list of STATISTICS. All figures are strings. Source: DescribeClusters, ECS API reference. */
function statistics(cluster: ClusterRecord): KeyValuePair[] {
  const byType: readonly (readonly [string, Counts])[] = [
    ['EC2', countsOf(cluster, (service) => !isFargate(service))],
    ['Fargate', countsOf(cluster, isFargate)],
  ];
  return byType.flatMap(([type, counts]) => [
    { name: `running${type}TasksCount`, value: String(counts.running) },
    { name: `pending${type}TasksCount`, value: String(counts.pending) },
    { name: `active${type}ServiceCount`, value: String(counts.active) },
    { name: `draining${type}ServiceCount`, value: String(counts.draining) },
  ]);
}

function countsOf(cluster: ClusterRecord, of: (service: ServiceRecord) => boolean): Counts {
  const counts = { running: 0, pending: 0, active: 0, draining: 0 };
  for (const service of cluster.services.values()) {
    if (!of(service)) continue;
    if (service.status === 'ACTIVE') counts.active += 1;
    if (service.status === 'DRAINING') counts.draining += 1;
    for (const task of service.tasks) {
      if (task.lastStatus === 'RUNNING') counts.running += 1;
      else if (isPending(task)) counts.pending += 1;
    }
  }
  return counts;
}
