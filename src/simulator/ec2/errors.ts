import { AwsError } from '../kernel.ts';

// Codes: EC2 error page. EC2's model has no errors, so the code is all a client has.

/** `InvalidVpcID.NotFound` and its like; the kind is the word that AWS puts into the message. */
export function notFound(code: string, kind: string, id: string): AwsError {
  return new AwsError(code, `The ${kind} ID '${id}' does not exist`);
}

export function vpcNotFound(id: string): AwsError {
  return notFound('InvalidVpcID.NotFound', 'vpc', id);
}

export function subnetNotFound(id: string): AwsError {
  return notFound('InvalidSubnetID.NotFound', 'subnet', id);
}

export function groupNotFound(id: string): AwsError {
  return new AwsError('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
}

export function dependencyViolation(kind: string, id: string): AwsError {
  return new AwsError('DependencyViolation', `The ${kind} '${id}' has dependencies and cannot be deleted.`);
}

export function missingParameter(name: string): AwsError {
  return new AwsError('MissingParameter', `The request must contain the parameter ${name}`);
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}
