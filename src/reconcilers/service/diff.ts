import type { Ecs } from '../../aws/ports.ts';
import type { FieldChange } from '../../model/resources.ts';
import { fieldChanges } from '../fields.ts';
import { ecsTagMap, tagChanges } from '../marks.ts';
import type { ServiceContent } from './desired.ts';

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
    serviceConnectConfiguration: primary?.serviceConnectConfiguration,
    volumeConfigurations: primary?.volumeConfigurations,
    vpcLatticeConfigurations: primary?.vpcLatticeConfigurations,
  };
  return [
    ...fieldChanges(wanted, found),
    ...(desiredCount === undefined ? [] : fieldChanges({ desiredCount }, { desiredCount: live.desiredCount })),
    ...fieldChanges(
      { deploymentConfiguration: canonicalDeployment(deploymentConfiguration) },
      { deploymentConfiguration: canonicalDeployment(live.deploymentConfiguration) },
    ),
    ...tagChanges('tags', ecsTagMap(live.tags), tags),
  ];
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

/**
 * The members that we own, with AWS's defaults filled in: rolling update, 200/100, no bake time, no hooks, no alarms. What newer APIs add to the circuit breaker at
 * its default is not compared.
 */
function canonicalDeployment(deployment: Ecs.DeploymentConfiguration | undefined): Record<string, unknown> {
  const breaker = deployment?.deploymentCircuitBreaker;
  const alarms = deployment?.alarms;
  return {
    strategy: deployment?.strategy ?? 'ROLLING',
    maximumPercent: deployment?.maximumPercent ?? 200,
    minimumHealthyPercent: deployment?.minimumHealthyPercent ?? 100,
    breaker: { enable: breaker?.enable ?? false, rollback: breaker?.rollback ?? false },
    alarms: alarms?.enable === true || (alarms?.alarmNames ?? []).length > 0 ? alarms : undefined,
    bakeTimeInMinutes: deployment?.bakeTimeInMinutes === 0 ? undefined : deployment?.bakeTimeInMinutes,
    lifecycleHooks: deployment?.lifecycleHooks,
  };
}
