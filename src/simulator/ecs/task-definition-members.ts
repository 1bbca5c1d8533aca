/**
 * What RegisterTaskDefinition takes. Left out are what Fargate does not run (links, hosts and DNS of its own, devices, GPUs, Docker's volumes and security
 * options, placement) and what would change how a simulated task behaves without doing so (restart policies).
 */
const containerMembers = [
  ...['name', 'image', 'repositoryCredentials', 'cpu', 'memory', 'memoryReservation', 'portMappings', 'essential'],
  ...['entryPoint', 'command', 'environment', 'environmentFiles', 'mountPoints', 'volumesFrom', 'secrets', 'dependsOn'],
  ...['linuxParameters.capabilities', 'linuxParameters.initProcessEnabled', 'startTimeout', 'stopTimeout', 'user'],
  ...['versionConsistency', 'workingDirectory', 'privileged', 'readonlyRootFilesystem', 'interactive', 'ulimits'],
  ...['pseudoTerminal', 'dockerLabels', 'logConfiguration', 'healthCheck', 'systemControls', 'firelensConfiguration'],
];

export const taskDefinitionMembers: readonly string[] = [
  ...['family', 'taskRoleArn', 'executionRoleArn', 'networkMode', 'requiresCompatibilities', 'cpu', 'memory', 'tags'],
  ...['pidMode', 'ipcMode', 'proxyConfiguration', 'ephemeralStorage', 'runtimePlatform', 'enableFaultInjection'],
  ...['name', 'host', 'efsVolumeConfiguration', 'configuredAtLaunch'].map((member) => `volumes.${member}`),
  ...containerMembers.map((member) => `containerDefinitions.${member}`),
];

/** Of the operating systems only Linux is simulated. */
export const taskDefinitionValues: Readonly<Record<string, readonly string[]>> = {
  networkMode: ['bridge', 'host', 'awsvpc', 'none'],
  requiresCompatibilities: ['EC2', 'FARGATE', 'EXTERNAL'],
  pidMode: ['host', 'task'],
  ipcMode: ['host', 'task', 'none'],
  'runtimePlatform.cpuArchitecture': ['X86_64', 'ARM64'],
  'runtimePlatform.operatingSystemFamily': ['LINUX'],
  'containerDefinitions.portMappings.protocol': ['tcp', 'udp'],
  'containerDefinitions.portMappings.appProtocol': ['http', 'http2', 'grpc'],
  'containerDefinitions.dependsOn.condition': ['START', 'COMPLETE', 'SUCCESS', 'HEALTHY'],
  'containerDefinitions.versionConsistency': ['enabled', 'disabled'],
};
