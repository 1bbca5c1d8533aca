import type { Deployment, LoadBalancer, Service, ServiceField } from '@aws-sdk/client-ecs';
import { serviceChildArn } from './arns.ts';
import { isFargate, isPending } from './cluster-view.ts';
import type { DeploymentRecord, Revision, ServiceRecord, TaskRecord } from './state.ts';
import { tagList } from './tags.ts';

/** What LATEST means for Linux on Fargate. */
const latestPlatform = '1.4.0';

/** A service as DescribeServices shows it; tags only where `include` asks for them. */
export function serviceView(service: ServiceRecord, include: readonly ServiceField[] | undefined): Service {
  const { cluster, revision, deployments } = service;
  const counts = countsOf(service, () => true);
  const [current] = service.history;
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: cluster.arn,
    loadBalancers: [...revision.loadBalancers],
    serviceRegistries: [...revision.serviceRegistries],
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: counts.running,
    pendingCount: counts.pending,
    ...capacityOf(service),
    ...(isFargate(service) ? { platformVersion: revision.platformVersion ?? 'LATEST', platformFamily: 'Linux' } : {}),
    taskDefinition: revision.taskDefinition.arn,
    deploymentConfiguration: service.deploymentConfiguration,
    deployments: deployments.map((deployment) => deploymentView(service, deployment)),
    roleArn: `arn:aws:iam::${cluster.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
    events: [...service.events],
    createdAt: new Date(service.createdAt),
    ...(current === undefined ? {} : { currentServiceDeployment: current.arn }),
    currentServiceRevisions: deployments.map((deployment) => ({
      arn: revisionArn(service, deployment.revision),
      ...taskCounts(service, deployment),
    })),
    placementConstraints: [],
    placementStrategy: [],
    ...(revision.networkConfiguration === undefined ? {} : { networkConfiguration: revision.networkConfiguration }),
    ...(service.healthCheckGracePeriodSeconds === undefined
      ? {}
      : { healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds }),
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    ...(include?.includes('TAGS') === true ? { tags: tagList(service.tags) } : {}),
    createdBy: service.createdBy,
    enableECSManagedTags: service.enableECSManagedTags,
    propagateTags: service.propagateTags,
    enableExecuteCommand: service.enableExecuteCommand,
    availabilityZoneRebalancing: service.availabilityZoneRebalancing,
  };
}

/** The ARN of a revision of the service. */
export function revisionArn(service: ServiceRecord, revision: Revision): string {
  return serviceChildArn(service.cluster, 'service-revision', service.cluster.name, service.name, revision.id);
}

/** Task counts of a deployment, as its service revision shows them. */
export function taskCounts(
  service: ServiceRecord,
  deployment: Pick<DeploymentRecord, 'revision' | 'status'>,
): { requestedTaskCount: number; runningTaskCount: number; pendingTaskCount: number } {
  const counts = countsOf(service, (task) => task.deployment.revision === deployment.revision);
  return {
    requestedTaskCount: deployment.status === 'PRIMARY' ? service.desiredCount : counts.wanted,
    runningTaskCount: counts.running,
    pendingTaskCount: counts.pending,
  };
}

/** The platform version that tasks of this revision really have. */
export function platformOf(revision: Revision): string {
  const asked = revision.platformVersion ?? 'LATEST';
  return asked === 'LATEST' ? latestPlatform : asked;
}

/** Either a launch type or a capacity provider strategy, never both. */
export function capacityOf(service: ServiceRecord): Pick<Service, 'launchType' | 'capacityProviderStrategy'> {
  if (service.capacityProviderStrategy !== undefined) {
    return { capacityProviderStrategy: [...service.capacityProviderStrategy] };
  }
  return service.launchType === undefined ? {} : { launchType: service.launchType };
}

function countsOf(
  service: ServiceRecord,
  of: (task: TaskRecord) => boolean,
): { running: number; pending: number; wanted: number } {
  const counts = { running: 0, pending: 0, wanted: 0 };
  for (const task of service.tasks) {
    if (!of(task)) continue;
    if (task.desiredStatus === 'RUNNING') counts.wanted += 1;
    if (task.lastStatus === 'RUNNING') counts.running += 1;
    else if (isPending(task)) counts.pending += 1;
  }
  return counts;
}

function deploymentView(service: ServiceRecord, deployment: DeploymentRecord): Deployment {
  const { revision } = deployment;
  const counts = taskCounts(service, deployment);
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: revision.taskDefinition.arn,
    desiredCount: counts.requestedTaskCount,
    pendingCount: counts.pendingTaskCount,
    runningCount: counts.runningTaskCount,
    failedTasks: deployment.failedTasks,
    createdAt: new Date(deployment.createdAt),
    updatedAt: new Date(deployment.updatedAt),
    ...capacityOf(service),
    ...(isFargate(service) ? { platformVersion: platformOf(revision), platformFamily: 'Linux' } : {}),
    ...(revision.networkConfiguration === undefined ? {} : { networkConfiguration: revision.networkConfiguration }),
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
    ...(revision.serviceConnectConfiguration === undefined
      ? {}
      : { serviceConnectConfiguration: revision.serviceConnectConfiguration }),
    ...(revision.volumeConfigurations === undefined
      ? {}
      : { volumeConfigurations: [...revision.volumeConfigurations] }),
    ...(revision.vpcLatticeConfigurations === undefined
      ? {}
      : { vpcLatticeConfigurations: [...revision.vpcLatticeConfigurations] }),
  };
}

/** A load balancer entry as it is stored: only what was given. */
export function storedBalancer({ targetGroupArn, containerName, containerPort }: LoadBalancer): LoadBalancer {
  return { targetGroupArn, containerName, containerPort };
}
