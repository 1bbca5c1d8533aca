import type { Ecs } from '../../aws/ports.ts';
import type { FieldChange } from '../../model/resources.ts';
import { fieldChanges, prune } from '../fields.ts';
import { ecsTagMap, tagChanges } from '../marks.ts';
import type { CountBounds, ServiceContent } from './desired.ts';

/** Every member of UpdateService that is not as desired, and our tags. */
export function diffService(desired: ServiceContent, live: Ecs.Service): readonly FieldChange[] {
  const { cluster: _cluster, tags, desiredCount, deploymentConfiguration, ...wanted } = desired;
  const primary = live.deployments?.find((deployment) => deployment.status === 'PRIMARY');
  const found = {
    taskDefinition: live.taskDefinition,
    networkConfiguration: canonicalNetwork(live.networkConfiguration),
    loadBalancers: (live.loadBalancers ?? []).map(canonicalLoadBalancer),
    healthCheckGracePeriodSeconds: live.healthCheckGracePeriodSeconds ?? 0,
    platformVersion: live.platformVersion ?? 'LATEST',
    availabilityZoneRebalancing: live.availabilityZoneRebalancing ?? 'DISABLED',
    enableExecuteCommand: live.enableExecuteCommand ?? false,
    enableECSManagedTags: live.enableECSManagedTags ?? false,
    propagateTags: live.propagateTags ?? 'NONE',
    capacityProviderStrategy: live.capacityProviderStrategy,
    serviceRegistries: live.serviceRegistries,
    serviceConnectConfiguration: canonicalConnect(primary?.serviceConnectConfiguration),
    volumeConfigurations: primary?.volumeConfigurations,
    vpcLatticeConfigurations: primary?.vpcLatticeConfigurations,
  };
  return [
    ...fieldChanges(wanted, found),
    ...countChanges(desiredCount, live.desiredCount ?? 0),
    ...fieldChanges(
      { deploymentConfiguration: canonicalDeployment(deploymentConfiguration) },
      { deploymentConfiguration: canonicalDeployment(live.deploymentConfiguration) },
    ),
    ...tagChanges('tags', ecsTagMap(live.tags), tags),
  ];
}

/** A count within its bounds is Application Auto Scaling's affair, however it came to be. Outside of them AWS moves it only when a metric next says so: we do it at once. */
function countChanges(wanted: number | CountBounds | undefined, live: number): readonly FieldChange[] {
  if (wanted === undefined) return [];
  const desiredCount = typeof wanted === 'number' ? wanted : within(wanted, live);
  return fieldChanges({ desiredCount }, { desiredCount: live });
}

/** From nothing it begins anew. */
function within({ min, max, start }: CountBounds, count: number): number {
  return count === 0 ? start : Math.min(max, Math.max(min, count));
}

function canonicalNetwork(network: Ecs.NetworkConfiguration | undefined): Ecs.NetworkConfiguration {
  const vpc = network?.awsvpcConfiguration;
  return {
    awsvpcConfiguration: {
      subnets: [...(vpc?.subnets ?? [])].sort(),
      securityGroups: [...(vpc?.securityGroups ?? [])].sort(),
      assignPublicIp: vpc?.assignPublicIp ?? 'DISABLED',
    },
  };
}

function canonicalLoadBalancer(loadBalancer: Ecs.LoadBalancer): Ecs.LoadBalancer {
  const { targetGroupArn, containerName, containerPort, loadBalancerName, advancedConfiguration } = loadBalancer;
  return {
    targetGroupArn,
    containerName,
    containerPort,
    ...(loadBalancerName === undefined ? {} : { loadBalancerName }),
    ...(advancedConfiguration === undefined ? {} : { advancedConfiguration }),
  };
}

/** Service Connect that is switched off is what a service without it has. */
function canonicalConnect(connect: Ecs.ServiceConnectConfiguration | undefined): unknown {
  return connect?.enabled === true ? connect : undefined;
}

/** The members of a deployment configuration that we leave to AWS, at its defaults (ECS API reference; the breaker's threshold: facts, section 5). */
const deploymentDefaults = {
  strategy: 'ROLLING',
  bakeTimeInMinutes: 0,
  lifecycleHooks: [],
  alarms: { enable: false, rollback: false, alarmNames: [] },
} as const satisfies Ecs.DeploymentConfiguration;
const breakerDefaults = {
  resetOnHealthyTask: true,
  thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
} as const satisfies Partial<Ecs.DeploymentCircuitBreaker>;

/** A deployment configuration with AWS's defaults filled in, and without what says nothing. */
function canonicalDeployment(deployment: Ecs.DeploymentConfiguration | undefined): Record<string, unknown> {
  const { deploymentCircuitBreaker: breaker, alarms, ...rest } = deployment ?? {};
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => prune(value) !== null));
  return {
    ...deploymentDefaults,
    maximumPercent: 200,
    minimumHealthyPercent: 100,
    ...given,
    alarms: { ...deploymentDefaults.alarms, ...alarms },
    deploymentCircuitBreaker: { enable: false, rollback: false, ...breakerDefaults, ...breaker },
  };
}

/**
 * What to send so that the live configuration becomes the desired one: UpdateService keeps members that a call leaves out, so each one that stands in the way
 * is put back to its default by name; the others are left out, as not every one is taken with every strategy.
 */
export function deploymentCorrection(
  desired: Ecs.DeploymentConfiguration,
  live: Ecs.DeploymentConfiguration | undefined,
): Ecs.DeploymentConfiguration {
  const off = new Set(fieldChanges(canonicalDeployment(desired), canonicalDeployment(live)).map(({ field }) => field));
  const resets = Object.entries(deploymentDefaults).filter(([member]) => off.has(member));
  const breaker = off.has('deploymentCircuitBreaker') ? breakerDefaults : {};
  return {
    ...Object.fromEntries(structuredClone(resets)),
    ...desired,
    deploymentCircuitBreaker: { enable: false, rollback: false, ...breaker, ...desired.deploymentCircuitBreaker },
  };
}
