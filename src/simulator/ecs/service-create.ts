import type { CreateServiceRequest, CreateServiceResponse } from '@aws-sdk/client-ecs';
import type { Call } from '../kernel.ts';
import { plainCopy } from '../plain-copy.ts';
import { serviceArn } from './arns.ts';
import { callerArn } from './caller.ts';
import { canonical } from './canonical.ts';
import { startDeployment } from './deployments.ts';
import { invalidParameter } from './errors.ts';
import { reactionLatency } from './latencies.ts';
import { checkName, findActiveCluster, findUsableTaskDefinition } from './names.ts';
import {
  capacityOf,
  checkDesiredCount,
  checkFeatures,
  deploymentConfigurationOf,
  execOf,
  graceOf,
  platformVersionOf,
  rebalancingOf,
} from './service-input.ts';
import { balancersOf, networkOf } from './service-network.ts';
import { serviceView } from './service-view.ts';
import { type ClusterRecord, type EcsState, type ServiceRecord, serial, wakeService } from './state.ts';
import { tagsOf } from './tags.ts';

/** A new service may take so long to show in reads, half of the time (assumed). */
const serviceVisibleMs = 5_000;

/** CreateService. Throws what ECS would. */
export function createService(state: EcsState, input: CreateServiceRequest, call: Call): CreateServiceResponse {
  const name = input.serviceName ?? '';
  checkName('Service', name);
  checkToken(input.clientToken);
  const cluster = findActiveCluster(state, call, input.cluster);
  const { clientToken, ...rest } = input;
  const fingerprint = canonical({ ...rest, cluster: cluster.name });
  const earlier = alreadyCreated(cluster, name, clientToken, fingerprint);
  if (earlier !== undefined) return { service: serviceView(earlier, ['TAGS']) };
  checkCount(state, cluster);
  const service = newService(state, input, call, { cluster, fingerprint });
  cluster.services.delete(name);
  cluster.services.set(name, service);
  if (clientToken !== undefined) cluster.clientTokens.set(clientToken, { fingerprint, service });
  wakeService(state, service, call.now + reactionLatency(state.world) * state.world.latencyFactor);
  return { service: serviceView(service, ['TAGS']) };
}

function checkToken(token: string | undefined): void {
  if (token === undefined || /^[!-~]{1,36}$/.test(token)) return;
  throw invalidParameter('clientToken can have up to 36 ASCII characters in the range of 33 to 126.');
}

/**
 * The service that an earlier call of the same meaning made. A token answers with its own service for as long as the cluster lives, also when
 * that service has ended (assumed). Throws InvalidParameterException where the name or the token stands for something else.
 */
function alreadyCreated(
  cluster: ClusterRecord,
  name: string,
  clientToken: string | undefined,
  fingerprint: string,
): ServiceRecord | undefined {
  const notIdempotent = (): Error => invalidParameter('Creation of service was not idempotent.');
  const byToken = clientToken === undefined ? undefined : cluster.clientTokens.get(clientToken);
  if (byToken !== undefined && byToken.fingerprint !== fingerprint) throw notIdempotent();
  const existing = cluster.services.get(name);
  if (existing?.status === 'DRAINING') throw invalidParameter('Unable to Start a service that is still Draining.');
  if (byToken !== undefined) return byToken.service;
  if (existing === undefined || existing.status === 'INACTIVE') return undefined;
  if (clientToken !== undefined || existing.fingerprint !== fingerprint) throw notIdempotent();
  return existing;
}

function checkCount(state: EcsState, cluster: ClusterRecord): void {
  const maxServices = state.world.quotas.get(cluster, 'servicesPerCluster');
  if (cluster.services.size < maxServices) return;
  let count = 0;
  for (const { status } of cluster.services.values()) if (status !== 'INACTIVE') count += 1;
  if (count >= maxServices) throw invalidParameter(`You have reached the maximum number of services: ${maxServices}.`);
}

function newService(
  state: EcsState,
  input: CreateServiceRequest,
  call: Call,
  { cluster, fingerprint }: { cluster: ClusterRecord; fingerprint: string },
): ServiceRecord {
  checkFeatures(input);
  if (input.taskDefinition === undefined) throw invalidParameter('TaskDefinition cannot be empty.');
  if (input.desiredCount === undefined) {
    throw invalidParameter('The desired count is required when the scheduling strategy is REPLICA.');
  }
  const definition = findUsableTaskDefinition(state, call, input.taskDefinition);
  const capacity = capacityOf(input, cluster, definition);
  const loadBalancers = balancersOf(state, call, definition, input.loadBalancers);
  const deploymentConfiguration = deploymentConfigurationOf(input.deploymentConfiguration);
  const lag = Math.max(0, 2 * state.world.random('ecs/service-visible') - 1) * serviceVisibleMs;
  const revision = plainCopy({
    networkConfiguration: networkOf(state, call, definition, input.networkConfiguration),
    platformVersion: platformVersionOf(input.platformVersion, definition),
    loadBalancers,
    serviceRegistries: input.serviceRegistries ?? [],
    serviceConnectConfiguration: input.serviceConnectConfiguration,
    volumeConfigurations: input.volumeConfigurations,
    vpcLatticeConfigurations: input.vpcLatticeConfigurations,
  });
  const name = input.serviceName ?? '';
  const service: ServiceRecord = {
    arn: serviceArn(call, cluster.name, name),
    name,
    cluster,
    createdAt: call.now,
    createdBy: callerArn(call),
    visibleAt: call.now + lag * state.world.latencyFactor,
    fingerprint,
    status: 'ACTIVE',
    revision: { ...revision, id: serial(state, 'ecs/revision'), createdAt: call.now, taskDefinition: definition },
    desiredCount: checkDesiredCount(input.desiredCount, state.world.quotas.get(cluster, 'tasksPerService')),
    ...capacity,
    deploymentConfiguration: plainCopy(deploymentConfiguration),
    healthCheckGracePeriodSeconds: graceOf(input.healthCheckGracePeriodSeconds, loadBalancers.length > 0),
    availabilityZoneRebalancing: rebalancingOf(input.availabilityZoneRebalancing, deploymentConfiguration),
    enableECSManagedTags: input.enableECSManagedTags ?? false,
    enableExecuteCommand: execOf('created', input.enableExecuteCommand ?? false, definition),
    propagateTags: input.propagateTags ?? 'NONE',
    tags: tagsOf(input.tags),
    deployments: [],
    history: [],
    events: [],
    tasks: new Set(),
    unsteady: true,
    launched: 0,
    launchRate: { fullAt: 0 },
    wake: undefined,
  };
  startDeployment(state, service, service.revision);
  return service;
}
