import type {
  CreateServiceRequest,
  CreateServiceResponse,
  DeleteServiceRequest,
  DeleteServiceResponse,
  DescribeServicesRequest,
  DescribeServicesResponse,
  Failure,
  ListServicesByNamespaceRequest,
  ListServicesByNamespaceResponse,
  ListServicesRequest,
  ListServicesResponse,
  Service,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { clusterNameOf, isArn, serviceArn, serviceNameOf } from './arns.ts';
import { isFargate } from './cluster-view.ts';
import { checkListSize, invalidParameter, serviceNotFound } from './errors.ts';
import { findActiveCluster, findCluster, findService, lookUpService } from './names.ts';
import { operation } from './operation.ts';
import { page } from './paging.ts';
import { createService } from './service-create.ts';
import { launchTypes, serviceMembers, serviceValues } from './service-members.ts';
import { updateService } from './service-update.ts';
import { serviceView } from './service-view.ts';
import { type EcsState, regionOf, type ServiceRecord, wakeService } from './state.ts';

/** The operations on services. */
export function serviceOperations(state: EcsState): Record<string, Operation> {
  return {
    CreateService: operation({
      group: 'service-modify',
      takes: [...serviceMembers, 'serviceName', 'clientToken', 'launchType', 'role', 'schedulingStrategy', 'tags'],
      values: serviceValues,
      latencyMs: 500,
      run: (input: CreateServiceRequest, call) => createService(state, input, call),
      resources: (input, _output: CreateServiceResponse | undefined, call) => [
        serviceArnOf(call, input.cluster, input.serviceName),
      ],
    }),
    UpdateService: operation({
      group: 'service-modify',
      takes: [...serviceMembers, 'service', 'forceNewDeployment'],
      values: serviceValues,
      run: (input: UpdateServiceRequest, call) => updateService(state, input, call),
      resources: (input, _output, call) => [serviceArnOf(call, input.cluster, input.service)],
    }),
    DeleteService: operation({
      group: 'service-modify',
      takes: ['cluster', 'service', 'force'],
      run: (input: DeleteServiceRequest, call) => deleteService(state, input, call),
      resources: (input, _output, call) => [serviceArnOf(call, input.cluster, input.service)],
    }),
    DescribeServices: operation({
      group: 'service-read',
      takes: ['cluster', 'services', 'include'],
      values: { include: ['TAGS'] },
      run: (input: DescribeServicesRequest, call) => describeServices(state, input, call),
      resources: (input, _output, call) =>
        (input.services ?? []).map((service) => serviceArnOf(call, input.cluster, service)),
    }),
    ListServices: operation({
      group: 'service-read',
      takes: ['cluster', 'nextToken', 'maxResults', 'launchType', 'schedulingStrategy'],
      values: { launchType: launchTypes, schedulingStrategy: ['REPLICA', 'DAEMON'] },
      run: (input: ListServicesRequest, call) => listServices(state, input, call),
      resources: (input, _output, call) => [input.cluster ?? clusterNameOf(call, undefined)],
    }),
    ListServicesByNamespace: operation({
      group: 'service-by-namespace-read',
      takes: ['namespace', 'nextToken', 'maxResults'],
      run: (input: ListServicesByNamespaceRequest, call) => listByNamespace(state, input, call),
      resources: (input) => [input.namespace],
    }),
  };
}

/** Source: ListServicesByNamespace, ECS API reference. Cloud Map is not simulated: a namespace exists where a cluster or a service names it. */
function listByNamespace(
  state: EcsState,
  input: ListServicesByNamespaceRequest,
  call: Call,
): ListServicesByNamespaceResponse {
  const { namespace = '' } = input;
  let known = false;
  const arns: string[] = [];
  for (const cluster of regionOf(state, call).clusters.values()) {
    if (cluster.status !== 'ACTIVE') continue;
    const standard = cluster.serviceConnectDefaults?.namespace;
    known ||= standard === namespace;
    for (const service of cluster.services.values()) {
      const connect = service.revision.serviceConnectConfiguration;
      if (service.status !== 'ACTIVE' || service.visibleAt > call.now || connect?.enabled !== true) continue;
      if ((connect.namespace ?? standard) === namespace) arns.push(service.arn);
    }
  }
  if (!known && arns.length === 0) {
    throw new AwsError('NamespaceNotFoundException', 'The specified namespace was not found.');
  }
  const { items, nextToken } = page(arns, input, 10);
  return { serviceArns: items, nextToken };
}

/** The ARN that a call names a service by, for the call log; undefined where it names none. */
export function serviceArnOf(call: Call, cluster: string | undefined, service: string | undefined): string | undefined {
  if (service === undefined) return undefined;
  const clusterName = clusterNameOf(call, cluster) ?? '';
  const name = serviceNameOf(call, clusterName, service);
  return name === undefined || isArn(service) ? service : serviceArn(call, clusterName, name);
}

function describeServices(state: EcsState, input: DescribeServicesRequest, call: Call): DescribeServicesResponse {
  const cluster = findCluster(state, call, input.cluster);
  checkListSize('Services', input.services, 10);
  const services: Service[] = [];
  const failures: Failure[] = [];
  for (const wanted of new Set(input.services)) {
    const found = lookUpService(cluster, wanted);
    if (found === undefined || found.visibleAt > call.now) {
      failures.push({ arn: serviceArnOf(call, input.cluster, wanted) ?? wanted, reason: 'MISSING' });
    } else services.push(serviceView(found, input.include));
  }
  return { services, failures };
}

/** DRAINING and INACTIVE services are not listed. Source: Service.status, ECS API reference. */
function listServices(state: EcsState, input: ListServicesRequest, call: Call): ListServicesResponse {
  const cluster = findActiveCluster(state, call, input.cluster);
  const arns: string[] = [];
  for (const service of cluster.services.values()) {
    if (service.status === 'ACTIVE' && service.visibleAt <= call.now && matches(service, input)) arns.push(service.arn);
  }
  const { items, nextToken } = page(arns, input, 10);
  return { serviceArns: items, nextToken };
}

function matches(service: ServiceRecord, input: ListServicesRequest): boolean {
  if (input.schedulingStrategy === 'DAEMON') return false;
  return input.launchType === undefined || (isFargate(service) ? 'FARGATE' : service.launchType) === input.launchType;
}

/** A service that is draining already is answered as it is; an INACTIVE one counts as not found (assumed). */
function deleteService(state: EcsState, input: DeleteServiceRequest, call: Call): DeleteServiceResponse {
  const service = findService(findActiveCluster(state, call, input.cluster), input.service);
  if (service.status === 'INACTIVE') throw serviceNotFound();
  if (service.status === 'ACTIVE') {
    if (input.force !== true) checkStopped(service);
    service.status = 'DRAINING';
    service.desiredCount = 0;
    for (const listener of state.endListeners) listener(service.arn);
    wakeService(state, service);
  }
  return { service: serviceView(service, ['TAGS']) };
}

function checkStopped(service: ServiceRecord): void {
  if (service.desiredCount > 0) {
    throw invalidParameter('The service cannot be stopped while the primary deployment is scaled above 0.');
  }
  for (const task of service.tasks) {
    if (task.desiredStatus === 'RUNNING') {
      throw invalidParameter('The service cannot be stopped while deployments are active.');
    }
  }
}
