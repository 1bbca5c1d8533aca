import type { Ecs } from '../../aws/ports.ts';
import { canonicalHash } from '../../model/records/canonical.ts';
import type { Desired, PlacementContext } from '../contract.ts';
import { ourTags } from '../marks.ts';

/**
 * Every member of UpdateService that means something for a Fargate service behind an ALB. What the record does not say stands at AWS's default. Not here, as
 * DescribeServices does not show them: `gatewayConnectors` and `monitoring`.
 */
export interface ServiceContent {
  readonly cluster: string;
  readonly taskDefinition: string;
  /** undefined: another hand owns the count. Bounds: Application Auto Scaling owns it within them. */
  readonly desiredCount: number | CountBounds | undefined;
  readonly networkConfiguration: Ecs.NetworkConfiguration;
  readonly loadBalancers: Ecs.LoadBalancer[];
  readonly deploymentConfiguration: Ecs.DeploymentConfiguration;
  readonly healthCheckGracePeriodSeconds: number;
  readonly platformVersion: string;
  readonly availabilityZoneRebalancing: Ecs.AvailabilityZoneRebalancing;
  readonly enableExecuteCommand: boolean;
  readonly enableECSManagedTags: boolean;
  readonly propagateTags: Ecs.PropagateTags;
  readonly capacityProviderStrategy: Ecs.CapacityProviderStrategyItem[];
  readonly serviceRegistries: Ecs.ServiceRegistry[];
  readonly serviceConnectConfiguration: undefined;
  readonly volumeConfigurations: Ecs.ServiceVolumeConfiguration[];
  readonly vpcLatticeConfigurations: Ecs.VpcLatticeConfiguration[];
  readonly tags: Readonly<Record<string, string>>;
}

/** Between which the desired count may be anything, and what it begins with. */
export interface CountBounds {
  readonly min: number;
  readonly max: number;
  readonly start: number;
}

/** The container of the task definition that the load balancer talks to. */
const containerName = 'app';

/** Desired service of a placement. It waits for the cluster, the definition, and the rule that attaches the target group: CreateService refuses without. */
export function desiredService(context: PlacementContext): Desired<ServiceContent> {
  const { cluster, task_definition, target_group, listener_rule } = context.placement.resources;
  if (cluster?.arn === undefined) return { state: 'waiting', on: 'cluster' };
  const taskDefinition = context.rolledBack?.liveTaskDefinitionArn ?? task_definition?.arn;
  if (taskDefinition === undefined) return { state: 'waiting', on: 'task_definition' };
  if (target_group?.arn === undefined) return { state: 'waiting', on: 'target_group' };
  if (listener_rule?.arn === undefined) return { state: 'waiting', on: 'listener_rule' };
  const { service } = context.effective;
  const value: ServiceContent = {
    cluster: cluster.arn,
    taskDefinition,
    desiredCount: countOf(context),
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...context.group.subnetIds].sort(),
        securityGroups: [...context.group.taskSecurityGroupIds].sort(),
        assignPublicIp: 'DISABLED',
      },
    },
    loadBalancers: [{ targetGroupArn: target_group.arn, containerName, containerPort: service.containerPort }],
    deploymentConfiguration: {
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    },
    healthCheckGracePeriodSeconds: service.startupSeconds,
    platformVersion: 'LATEST',
    // Off: it starts tasks beyond the count with no deployment, which would load a tenant's data twice for nothing.
    availabilityZoneRebalancing: 'DISABLED',
    enableExecuteCommand: false,
    enableECSManagedTags: false,
    propagateTags: 'NONE',
    capacityProviderStrategy: [],
    serviceRegistries: [],
    serviceConnectConfiguration: undefined,
    volumeConfigurations: [],
    vpcLatticeConfigurations: [],
    tags: ourTags(context),
  };
  return { state: 'known', value, hash: canonicalHash(value) };
}

/**
 * Who says how many tasks run. A count that Application Auto Scaling was given comes back only once its target is deregistered: until then nothing is sent, as it would be
 * overwritten, and tasks that were stopped could be started again.
 */
function countOf({ tasks, effective, placement }: PlacementContext): ServiceContent['desiredCount'] {
  const { scaling } = effective.service;
  const active = effective.state === 'active' && tasks > 0;
  if (active && scaling.mode === 'target-tracking') return { min: scaling.min, max: scaling.max, start: tasks };
  if (placement.resources.scaling !== undefined) return undefined;
  // What we stopped is started again once; from then on the count is the other hand's again.
  return active && scaling.mode === 'external' && placement.stopped === undefined ? undefined : tasks;
}
