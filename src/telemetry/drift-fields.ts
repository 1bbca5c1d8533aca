import type { ResourceKind } from '../model/resources.ts';

/** Values of the label `resource`: what Cellwright keeps. */
export const resourceLabels = [
  'task_definition',
  'cluster',
  'target_group',
  'listener_rule',
  'service',
  'dns_record',
  'endpoint',
] as const satisfies readonly ResourceKind[];
export type ResourceLabel = (typeof resourceLabels)[number];

/** The label under which a kind of resource is counted: scaling is a part of its service. */
export function resourceLabel(kind: ResourceKind): ResourceLabel {
  return kind === 'scaling' ? 'service' : kind;
}

/** Drift of a whole resource: not there, or one too many. */
export const wholeFields = ['_missing', '_extra'] as const;

/**
 * The fields that each reconciler compares: top-level members of the input of the call that puts them right, a target group's attributes by their
 * key. Counters of drift start at 0 for each of them, since an increase from nothing is invisible to a rate.
 */
export const driftFields: Readonly<Record<ResourceLabel, readonly string[]>> = {
  task_definition: [
    'family',
    'networkMode',
    'requiresCompatibilities',
    'cpu',
    'memory',
    'runtimePlatform',
    'taskRoleArn',
    'executionRoleArn',
    'containerDefinitions',
    'volumes',
    'placementConstraints',
    'proxyConfiguration',
    'ipcMode',
    'pidMode',
    'ephemeralStorage',
    'inferenceAccelerators',
    'status',
    'tags',
  ],
  cluster: [
    'settings',
    'configuration',
    'serviceConnectDefaults',
    'capacityProviders',
    'defaultCapacityProviderStrategy',
    'tags',
  ],
  target_group: [
    'Protocol',
    'ProtocolVersion',
    'Port',
    'TargetType',
    'IpAddressType',
    'VpcId',
    'HealthCheckProtocol',
    'HealthCheckPort',
    'HealthCheckPath',
    'HealthCheckEnabled',
    'HealthCheckIntervalSeconds',
    'HealthCheckTimeoutSeconds',
    'HealthyThresholdCount',
    'UnhealthyThresholdCount',
    'Matcher',
    'deregistration_delay.timeout_seconds',
    'stickiness.enabled',
    'stickiness.type',
    'stickiness.lb_cookie.duration_seconds',
    'stickiness.app_cookie.cookie_name',
    'stickiness.app_cookie.duration_seconds',
    'slow_start.duration_seconds',
    'load_balancing.algorithm.type',
    'load_balancing.algorithm.anomaly_mitigation',
    'load_balancing.cross_zone.enabled',
    'target_group_health.dns_failover.minimum_healthy_targets.count',
    'target_group_health.dns_failover.minimum_healthy_targets.percentage',
    'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count',
    'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage',
    'Tags',
    'Targets',
  ],
  listener_rule: ['Conditions', 'Actions', 'Transforms', 'RulePriorities', 'Tags'],
  service: [
    'taskDefinition',
    'desiredCount',
    'networkConfiguration',
    'loadBalancers',
    'deploymentConfiguration',
    'healthCheckGracePeriodSeconds',
    'platformVersion',
    'availabilityZoneRebalancing',
    'enableExecuteCommand',
    'enableECSManagedTags',
    'propagateTags',
    'capacityProviderStrategy',
    'serviceRegistries',
    'serviceConnectConfiguration',
    'volumeConfigurations',
    'vpcLatticeConfigurations',
    'tags',
    // Of its scalable target.
    'MinCapacity',
    'MaxCapacity',
    'SuspendedState',
    'TargetTrackingScalingPolicyConfiguration',
    'PolicyName',
    'Tags',
  ],
  dns_record: [
    'Weight',
    'AliasTarget',
    'TTL',
    'ResourceRecords',
    'HealthCheckId',
    'Region',
    'Failover',
    'GeoLocation',
    'GeoProximityLocation',
    'MultiValueAnswer',
    'TrafficPolicyInstanceId',
    'CidrRoutingConfig',
  ],
  endpoint: [
    'VpcEndpointType',
    'VpcId',
    'ServiceName',
    'AddSubnetIds',
    'RemoveSubnetIds',
    'AddSecurityGroupIds',
    'RemoveSecurityGroupIds',
    'PrivateDnsEnabled',
    'ResetPolicy',
    'IpAddressType',
    'DnsOptions',
    'Tags',
  ],
};

/** Every pair of `resource` and `field` that is known, those of the whole resource included. */
export function knownDrift(): readonly { readonly resource: ResourceLabel; readonly field: string }[] {
  return resourceLabels.flatMap((resource) =>
    [...wholeFields, ...driftFields[resource]].map((field) => ({ resource, field })),
  );
}
