import type {
  CreateClusterRequest,
  CreateClusterResponse,
  DeleteClusterRequest,
  DescribeClustersRequest,
  DescribeClustersResponse,
  Failure,
  ListClustersRequest,
  ListClustersResponse,
  PutClusterCapacityProvidersRequest,
  UpdateClusterRequest,
  UpdateClusterSettingsRequest,
} from '@aws-sdk/client-ecs';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { plainCopy } from '../plain-copy.ts';
import { effectiveSetting } from './account-settings.ts';
import { clusterArn, clusterNameOf, isArn } from './arns.ts';
import { capacityProvidersOf, settingsOf, strategyOf } from './cluster-settings.ts';
import { clusterView } from './cluster-view.ts';
import { clientException, invalidParameter } from './errors.ts';
import { checkName, findActiveCluster, findCluster } from './names.ts';
import { operation } from './operation.ts';
import { page } from './paging.ts';
import {
  afterLatency,
  type ClusterRecord,
  type EcsState,
  type RegionState,
  regionOf,
  type ServiceRecord,
  type TaskRecord,
} from './state.ts';
import { tagsOf } from './tags.ts';

/** A new cluster may take so long to show in reads, half of the time (assumed). */
const clusterVisibleMs = 3_000;

const clusterMembers = ['settings', 'configuration', 'serviceConnectDefaults.namespace'];
const configurationValues = { 'configuration.executeCommandConfiguration.logging': ['NONE', 'DEFAULT', 'OVERRIDE'] };

/** The operations on clusters. */
export function clusterOperations(state: EcsState): Record<string, Operation> {
  const named = (
    input: { cluster?: string | undefined },
    _output: unknown,
    call: Call,
  ): readonly (string | undefined)[] => [arnOf(call, input.cluster)];
  return {
    CreateCluster: operation({
      group: 'cluster-modify',
      takes: [...clusterMembers, 'clusterName', 'tags', 'capacityProviders', 'defaultCapacityProviderStrategy'],
      values: configurationValues,
      latencyMs: 300,
      run: (input: CreateClusterRequest, call) => createCluster(state, input, call),
      resources: (input, _output, call) => [arnOf(call, input.clusterName)],
    }),
    DescribeClusters: operation({
      group: 'cluster-read',
      takes: ['clusters', 'include'],
      values: { include: ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS'] },
      run: (input: DescribeClustersRequest, call) => describeClusters(state, input, call),
      resources: (input, _output, call) => (input.clusters ?? []).map((cluster) => arnOf(call, cluster)),
    }),
    ListClusters: operation({
      group: 'cluster-read',
      takes: ['nextToken', 'maxResults'],
      run: (input: ListClustersRequest, call) => listClusters(state, input, call),
      resources: () => [],
    }),
    UpdateCluster: operation({
      group: 'cluster-modify',
      takes: [...clusterMembers, 'cluster'],
      values: configurationValues,
      run: (input: UpdateClusterRequest, call) => updateCluster(state, input, call),
      resources: named,
    }),
    UpdateClusterSettings: operation({
      group: 'cluster-modify',
      takes: ['cluster', 'settings'],
      run: (input: UpdateClusterSettingsRequest, call) => updateCluster(state, input, call),
      resources: named,
    }),
    PutClusterCapacityProviders: operation({
      group: 'cluster-modify',
      takes: ['cluster', 'capacityProviders', 'defaultCapacityProviderStrategy'],
      run: (input: PutClusterCapacityProvidersRequest, call) => putCapacityProviders(state, input, call),
      resources: named,
    }),
    DeleteCluster: operation({
      group: 'cluster-modify',
      takes: ['cluster'],
      run: (input: DeleteClusterRequest, call) => deleteCluster(state, input, call),
      resources: named,
    }),
  };
}

function arnOf(call: Call, cluster: string | undefined): string | undefined {
  if (cluster !== undefined && isArn(cluster)) return cluster;
  const name = clusterNameOf(call, cluster);
  return name === undefined ? undefined : clusterArn(call, name);
}

/** An ACTIVE cluster of that name is returned as it is: tags and settings of the call are not applied (observed). */
function createCluster(state: EcsState, input: CreateClusterRequest, call: Call): CreateClusterResponse {
  const name = input.clusterName ?? 'default';
  checkName('Cluster', name);
  const region = regionOf(state, call);
  const settings = settingsOf(input.settings, insightsOf(region, call));
  const tags = tagsOf(input.tags);
  const capacityProviders = capacityProvidersOf(input.capacityProviders);
  const strategy = strategyOf(input.defaultCapacityProviderStrategy, capacityProviders);
  const existing = region.clusters.get(name);
  if (existing?.status === 'ACTIVE') return { cluster: clusterView(existing, ['TAGS', 'SETTINGS', 'CONFIGURATIONS']) };
  checkQuota(state, call);
  const lag = Math.max(0, 2 * state.world.random('ecs/cluster-visible') - 1) * clusterVisibleMs;
  const cluster: ClusterRecord = {
    account: call.account,
    region: call.region,
    arn: clusterArn(call, name),
    name,
    status: 'ACTIVE',
    visibleAt: call.now + lag * state.world.latencyFactor,
    settings,
    configuration: plainCopy(input.configuration),
    serviceConnectDefaults: connectDefaultsOf(input.serviceConnectDefaults),
    capacityProviders,
    defaultCapacityProviderStrategy: strategy,
    tags,
    services: existing?.services ?? new Map<string, ServiceRecord>(),
    tasks: existing?.tasks ?? new Map<string, TaskRecord>(),
    clientTokens: new Map(),
  };
  // A new entry at the end keeps the listing in the order of creation.
  region.clusters.delete(name);
  region.clusters.set(name, cluster);
  return { cluster: clusterView(cluster, ['TAGS', 'SETTINGS', 'CONFIGURATIONS']) };
}

function insightsOf(region: RegionState, call: Call): string {
  return effectiveSetting(region, call, 'containerInsights') ?? 'disabled';
}

function checkQuota(state: EcsState, call: Call): void {
  const limit = state.world.quotas.get(call, 'ecsClusters');
  const { clusters } = regionOf(state, call);
  if (clusters.size < limit) return;
  let active = 0;
  for (const cluster of clusters.values()) if (cluster.status === 'ACTIVE') active += 1;
  if (active >= limit) throw clientException(`You have reached the maximum number of clusters: ${limit}.`);
}

function connectDefaultsOf(input: { namespace?: string | undefined } | undefined): { namespace: string } | undefined {
  // An empty namespace takes the default away. Source: ClusterServiceConnectDefaultsRequest, ECS API reference.
  return input?.namespace === undefined || input.namespace === '' ? undefined : { namespace: input.namespace };
}

function describeClusters(state: EcsState, input: DescribeClustersRequest, call: Call): DescribeClustersResponse {
  const wanted = input.clusters === undefined || input.clusters.length === 0 ? ['default'] : input.clusters;
  if (wanted.length > 100) throw invalidParameter('Clusters cannot have more than 100 elements.');
  const clusters = [];
  const failures: Failure[] = [];
  const region = regionOf(state, call);
  for (const cluster of new Set(wanted)) {
    const name = clusterNameOf(call, cluster);
    const found = name === undefined ? undefined : region.clusters.get(name);
    if (found === undefined || found.visibleAt > call.now) {
      failures.push({ arn: arnOf(call, cluster) ?? cluster, reason: 'MISSING' });
    } else clusters.push(clusterView(found, input.include));
  }
  return { clusters, failures };
}

function listClusters(state: EcsState, input: ListClustersRequest, call: Call): ListClustersResponse {
  const arns: string[] = [];
  for (const cluster of regionOf(state, call).clusters.values()) {
    if (cluster.status === 'ACTIVE' && cluster.visibleAt <= call.now) arns.push(cluster.arn);
  }
  const { items, nextToken } = page(arns, input, 100);
  return { clusterArns: items, nextToken };
}

function updateCluster(state: EcsState, input: UpdateClusterRequest, call: Call): CreateClusterResponse {
  const cluster = findActiveCluster(state, call, input.cluster, 'change');
  const settings =
    input.settings === undefined
      ? cluster.settings
      : settingsOf(input.settings, insightsOf(regionOf(state, call), call));
  cluster.settings = settings;
  if (input.configuration !== undefined) cluster.configuration = plainCopy(input.configuration);
  if (input.serviceConnectDefaults !== undefined) {
    cluster.serviceConnectDefaults = connectDefaultsOf(input.serviceConnectDefaults);
  }
  return { cluster: clusterView(cluster, ['SETTINGS', 'CONFIGURATIONS', 'TAGS']) };
}

function putCapacityProviders(
  state: EcsState,
  input: PutClusterCapacityProvidersRequest,
  call: Call,
): CreateClusterResponse {
  const cluster = findActiveCluster(state, call, input.cluster, 'change');
  const providers = capacityProvidersOf(input.capacityProviders);
  const strategy = strategyOf(input.defaultCapacityProviderStrategy, providers);
  for (const service of cluster.services.values()) {
    const used = service.status === 'INACTIVE' ? [] : (service.capacityProviderStrategy ?? []);
    if (used.some((item) => !providers.includes(item.capacityProvider ?? ''))) {
      throw new AwsError('ResourceInUseException', 'The specified capacity provider is in use and cannot be removed.');
    }
  }
  cluster.capacityProviders = providers;
  cluster.defaultCapacityProviderStrategy = strategy;
  return { cluster: clusterView(cluster, ['SETTINGS', 'TAGS']) };
}

function deleteCluster(state: EcsState, input: DeleteClusterRequest, call: Call): CreateClusterResponse {
  const cluster = findCluster(state, call, input.cluster, 'change');
  if (cluster.status === 'INACTIVE') return { cluster: clusterView(cluster, []) };
  for (const service of cluster.services.values()) {
    if (service.status !== 'ACTIVE') continue;
    throw new AwsError('ClusterContainsServicesException', 'The Cluster cannot be deleted while Services are active.');
  }
  for (const service of cluster.services.values()) {
    if (service.tasks.size === 0) continue;
    throw new AwsError('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.');
  }
  cluster.status = 'INACTIVE';
  const { clusters } = regionOf(state, call);
  afterLatency(state, state.tombstoneMs, () => {
    if (clusters.get(cluster.name) === cluster) clusters.delete(cluster.name);
  });
  return { cluster: clusterView(cluster, ['SETTINGS', 'TAGS']) };
}
