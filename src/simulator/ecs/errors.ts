import { AwsError } from '../kernel.ts';

/** A parameter that ECS refuses. */
export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

/** ECS's word for most mistakes about task definitions, unknown ones included. */
export function clientException(message: string): AwsError {
  return new AwsError('ClientException', message);
}

export function clusterNotFound(): AwsError {
  return new AwsError('ClusterNotFoundException', 'Cluster not found.');
}

/** What calls that need a live cluster get for a deleted one that is still describable. */
export function clusterInactive(): AwsError {
  return new AwsError('ClusterNotFoundException', 'The referenced cluster was inactive.');
}

export function serviceNotFound(): AwsError {
  return new AwsError('ServiceNotFoundException', 'Service not found.');
}

export function serviceNotActive(): AwsError {
  return new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
}

/** A feature of ECS that exists in AWS but not in the simulator: refused rather than half done. */
export function unsupported(feature: string): AwsError {
  return new AwsError('UnsupportedFeatureException', `${feature} is not supported in this Region.`);
}

/** Members that only task definitions have, by the first name of their path: those are refused by ClientException. */
const ofTaskDefinitions: ReadonlySet<string> = new Set([
  ...['containerDefinitions', 'volumes', 'placementConstraints', 'inferenceAccelerators'],
]);
/** Members of operations that model no UnsupportedFeatureException. */
const ofOthers: ReadonlySet<string> = new Set([
  ...['containerInstance', 'daemonName', 'resourceManagementType', 'serviceConnectDefaults', 'principalArn'],
]);

/** What an operation answers to a member that it does not take: in the words of the errors that its model has. */
export function untaken(member: string): AwsError {
  const [first = ''] = member.split('.');
  if (ofTaskDefinitions.has(first)) return clientException(`${member} is not supported.`);
  if (ofOthers.has(first)) return invalidParameter(`${member} is not supported.`);
  return unsupported(member);
}

/** Where a list must have some elements, and not too many. Text as ECS words it. */
export function checkListSize(name: string, list: readonly unknown[] | undefined, max: number): void {
  if (list === undefined || list.length === 0) throw invalidParameter(`${name} cannot be empty.`);
  if (list.length > max) throw invalidParameter(`${name} cannot have more than ${max} elements.`);
}
