/** What CreateService and UpdateService both take: all that rolling updates know. */
export const serviceMembers: readonly string[] = [
  ...[
    'cluster',
    'taskDefinition',
    'desiredCount',
    'capacityProviderStrategy',
    'platformVersion',
    'deploymentController',
  ],
  ...['placementConstraints', 'placementStrategy', 'networkConfiguration', 'healthCheckGracePeriodSeconds'],
  ...['availabilityZoneRebalancing', 'enableECSManagedTags', 'enableExecuteCommand', 'propagateTags'],
  ...['serviceRegistries', 'serviceConnectConfiguration', 'volumeConfigurations', 'vpcLatticeConfigurations'],
  ...['targetGroupArn', 'containerName', 'containerPort'].map((member) => `loadBalancers.${member}`),
  ...[
    ...['maximumPercent', 'minimumHealthyPercent', 'deploymentCircuitBreaker'],
    ...['strategy', 'bakeTimeInMinutes', 'alarms'],
  ].map((member) => `deploymentConfiguration.${member}`),
];

export const launchTypes: readonly string[] = ['EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES'];

export const serviceValues: Readonly<Record<string, readonly string[]>> = {
  launchType: launchTypes,
  availabilityZoneRebalancing: ['ENABLED', 'DISABLED'],
  propagateTags: ['NONE', 'SERVICE', 'TASK_DEFINITION'],
  schedulingStrategy: ['REPLICA', 'DAEMON'],
  'deploymentController.type': ['ECS', 'CODE_DEPLOY', 'EXTERNAL'],
  'networkConfiguration.awsvpcConfiguration.assignPublicIp': ['ENABLED', 'DISABLED'],
  'deploymentConfiguration.strategy': ['ROLLING', 'BLUE_GREEN', 'LINEAR', 'CANARY'],
  'deploymentConfiguration.deploymentCircuitBreaker.thresholdConfiguration.type': [
    ...['COUNT', 'BOUNDED_PERCENT', 'UNBOUNDED_PERCENT'],
  ],
};
