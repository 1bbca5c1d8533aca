import type { CreateServiceResponse, UpdateServiceRequest } from '@aws-sdk/client-ecs';
import type { Call } from '../kernel.ts';
import { plainCopy } from '../plain-copy.ts';
import { canonical } from './canonical.ts';
import { startDeployment } from './deployments.ts';
import { serviceNotActive } from './errors.ts';
import { reactionLatency } from './latencies.ts';
import { findActiveCluster, findService, findUsableTaskDefinition } from './names.ts';
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
import { type EcsState, type Revision, type ServiceRecord, serial, wakeService } from './state.ts';

/** What an update sets besides the revision; none of it starts a deployment. */
type Settings = Pick<
  ServiceRecord,
  | 'desiredCount'
  | 'launchType'
  | 'capacityProviderStrategy'
  | 'deploymentConfiguration'
  | 'healthCheckGracePeriodSeconds'
  | 'availabilityZoneRebalancing'
  | 'enableECSManagedTags'
  | 'enableExecuteCommand'
  | 'propagateTags'
>;

/** UpdateService: all is checked before anything is changed. Throws what ECS would. */
export function updateService(state: EcsState, input: UpdateServiceRequest, call: Call): CreateServiceResponse {
  const service = findService(findActiveCluster(state, call, input.cluster), input.service);
  if (service.status !== 'ACTIVE') throw serviceNotActive();
  checkFeatures(input);
  const revision = revisedOf(state, input, call, service);
  const settings = settingsOf(state, input, call, { service, revision });
  const desiredBefore = service.desiredCount;
  Object.assign(service, settings);
  const differs = meaningOf(revision) !== meaningOf(service.revision);
  if (differs || input.forceNewDeployment === true) startDeployment(state, service, revision);
  if (service.desiredCount !== desiredBefore) service.unsteady = true;
  wakeService(state, service, call.now + reactionLatency(state.world) * state.world.latencyFactor);
  return { service: serviceView(service, ['TAGS']) };
}

/** The revision that the call describes; fields that it leaves out stay. */
function revisedOf(state: EcsState, input: UpdateServiceRequest, call: Call, service: ServiceRecord): Revision {
  const { revision } = service;
  const definition =
    input.taskDefinition === undefined
      ? revision.taskDefinition
      : findUsableTaskDefinition(state, call, input.taskDefinition);
  const network = input.networkConfiguration ?? revision.networkConfiguration;
  const checksBalancers = input.loadBalancers !== undefined || input.taskDefinition !== undefined;
  const balancers = input.loadBalancers ?? revision.loadBalancers;
  return {
    id: serial(state, 'ecs/revision'),
    createdAt: call.now,
    taskDefinition: definition,
    ...plainCopy({
      networkConfiguration: networkOf(state, call, definition, network),
      platformVersion: platformVersionOf(input.platformVersion ?? revision.platformVersion, definition),
      loadBalancers: checksBalancers ? balancersOf(state, call, definition, balancers) : balancers,
      serviceRegistries: input.serviceRegistries ?? revision.serviceRegistries,
      serviceConnectConfiguration: input.serviceConnectConfiguration ?? revision.serviceConnectConfiguration,
      volumeConfigurations: input.volumeConfigurations ?? revision.volumeConfigurations,
      vpcLatticeConfigurations: input.vpcLatticeConfigurations ?? revision.vpcLatticeConfigurations,
    }),
  };
}

function meaningOf({ id: _id, createdAt: _at, taskDefinition, ...rest }: Revision): string {
  return canonical({ ...rest, taskDefinition: taskDefinition.arn });
}

function settingsOf(
  state: EcsState,
  input: UpdateServiceRequest,
  call: Call,
  { service, revision }: { service: ServiceRecord; revision: Revision },
): Settings {
  const deploymentConfiguration = deploymentConfigurationOf(
    input.deploymentConfiguration,
    service.deploymentConfiguration,
  );
  const capacity =
    input.capacityProviderStrategy === undefined
      ? { launchType: service.launchType, capacityProviderStrategy: service.capacityProviderStrategy }
      : capacityOf(capacityInput(input, service), service.cluster, revision.taskDefinition);
  const hasBalancer = revision.loadBalancers.length > 0;
  // A service that loses its load balancers loses the grace period with them.
  const keptGrace = hasBalancer ? service.healthCheckGracePeriodSeconds : undefined;
  return {
    desiredCount: checkDesiredCount(
      input.desiredCount ?? service.desiredCount,
      state.world.quotas.get(call, 'tasksPerService'),
    ),
    ...capacity,
    deploymentConfiguration: plainCopy(deploymentConfiguration),
    healthCheckGracePeriodSeconds: graceOf(input.healthCheckGracePeriodSeconds ?? keptGrace, hasBalancer),
    availabilityZoneRebalancing: rebalancingOf(
      input.availabilityZoneRebalancing,
      deploymentConfiguration,
      service.availabilityZoneRebalancing,
    ),
    enableECSManagedTags: input.enableECSManagedTags ?? service.enableECSManagedTags,
    enableExecuteCommand:
      input.enableExecuteCommand === undefined
        ? service.enableExecuteCommand
        : execOf('updated', input.enableExecuteCommand, revision.taskDefinition),
    propagateTags: input.propagateTags ?? service.propagateTags,
  };
}

/** An empty strategy goes back to the launch type. Source: UpdateService, ECS API reference. */
function capacityInput(
  input: UpdateServiceRequest,
  service: ServiceRecord,
): Pick<UpdateServiceRequest, 'capacityProviderStrategy'> & { launchType?: ServiceRecord['launchType'] } {
  const strategy = input.capacityProviderStrategy ?? [];
  return strategy.length > 0
    ? { capacityProviderStrategy: strategy }
    : { capacityProviderStrategy: [], launchType: service.launchType ?? 'FARGATE' };
}
