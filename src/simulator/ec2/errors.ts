import { AwsError } from '../kernel.ts';

// Codes: EC2 error page. EC2's model has no errors, so the code is all a client has.

/** What an id can name: the prefix of the id, the word that AWS puts into the message, and the codes for one that is unknown or none at all. */
const kinds = {
  vpc: { prefix: 'vpc-', word: 'vpc', missing: 'InvalidVpcID.NotFound', malformed: 'InvalidVpcID.Malformed' },
  subnet: {
    prefix: 'subnet-',
    word: 'subnet',
    missing: 'InvalidSubnetID.NotFound',
    malformed: 'InvalidSubnetID.Malformed',
  },
  group: {
    prefix: 'sg-',
    word: 'security group',
    missing: 'InvalidGroup.NotFound',
    malformed: 'InvalidGroupId.Malformed',
  },
  rule: {
    prefix: 'sgr-',
    word: 'security group rule',
    missing: 'InvalidSecurityGroupRuleId.NotFound',
    malformed: 'InvalidSecurityGroupRuleId.Malformed',
  },
  interface: {
    prefix: 'eni-',
    word: 'networkInterface',
    missing: 'InvalidNetworkInterfaceID.NotFound',
    malformed: 'InvalidNetworkInterfaceId.Malformed',
  },
  routeTable: {
    prefix: 'rtb-',
    word: 'routeTable',
    missing: 'InvalidRouteTableID.NotFound',
    malformed: 'InvalidRouteTableId.Malformed',
  },
  networkAcl: {
    prefix: 'acl-',
    word: 'networkAcl',
    missing: 'InvalidNetworkAclID.NotFound',
    malformed: 'InvalidNetworkAclId.Malformed',
  },
  endpoint: {
    prefix: 'vpce-',
    word: 'Vpc Endpoint',
    missing: 'InvalidVpcEndpointId.NotFound',
    malformed: 'InvalidVpcEndpointId.Malformed',
  },
  endpointService: {
    prefix: 'vpce-svc-',
    word: 'Vpc Endpoint Service',
    missing: 'InvalidVpcEndpointServiceId.NotFound',
    malformed: 'InvalidVpcEndpointServiceId.Malformed',
  },
  prefixList: {
    prefix: 'pl-',
    word: 'prefix list',
    missing: 'InvalidPrefixListID.NotFound',
    malformed: 'InvalidPrefixListId.Malformed',
  },
} as const;

export type IdKind = keyof typeof kinds;

/** There is no such thing; an id that cannot name one is malformed. */
export function noSuch(kind: IdKind, id: string): AwsError {
  const { prefix, word, missing, malformed } = kinds[kind];
  if (!id.startsWith(prefix)) return new AwsError(malformed, `Invalid id: "${id}" (expecting "${prefix}...")`);
  if (kind === 'group') return new AwsError(missing, `The security group '${id}' does not exist`);
  return new AwsError(missing, `The ${word} ID '${id}' does not exist`);
}

export function dependencyViolation(kind: 'vpc' | 'subnet', id: string): AwsError {
  return new AwsError('DependencyViolation', `The ${kind} '${id}' has dependencies and cannot be deleted.`);
}

/** What AWS says of a security group in use. */
export function hasDependents(id: string): AwsError {
  return new AwsError('DependencyViolation', `resource ${id} has a dependent object`);
}

export function missingParameter(name: string): AwsError {
  return new AwsError('MissingParameter', `The request must contain the parameter ${name}`);
}

export function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}

/** The code of most refusals of PrivateLink calls, where others say InvalidParameterValue. */
export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameter', message);
}

export function invalidCombination(message: string): AwsError {
  return new AwsError('InvalidParameterCombination', message);
}

/** What AWS can do and the simulator cannot: never a silent success. */
export function unsupported(message: string): AwsError {
  return new AwsError('UnsupportedOperation', message);
}

/** A quota is used up. `what` is the plural that AWS puts into the message. */
export function limitExceeded(code: string, what: string): AwsError {
  return new AwsError(code, `The maximum number of ${what} has been reached.`);
}

/** The value of a member that must be there. */
export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw missingParameter(name);
  return value;
}
