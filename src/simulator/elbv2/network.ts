/** Where a load balancer stands in its VPC: subnets, zones and security groups. */
import type { AvailabilityZone, SubnetMapping } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, type Call } from '../kernel.ts';
import { invalidConfiguration, oneOf, validationError } from './errors.ts';
import type { ElbState } from './state.ts';

type Where = Pick<Call, 'account' | 'region'>;

/** The subnets that a call names, in one way or the other. Throws ValidationError. */
export function subnetsOf(input: {
  Subnets?: string[] | undefined;
  SubnetMappings?: SubnetMapping[] | undefined;
}): readonly string[] {
  const mapped = (input.SubnetMappings ?? []).map((mapping) => mapping.SubnetId ?? '');
  const plain = input.Subnets ?? [];
  if (plain.length > 0 && mapped.length > 0) {
    throw validationError('Subnets and subnet mappings cannot be specified at the same time');
  }
  const subnetIds = plain.length > 0 ? plain : mapped;
  if (new Set(subnetIds).size < 2) throw twoZonesNeeded();
  return [...subnetIds];
}

/** Checks the subnets of a load balancer and answers with their VPC. Throws SubnetNotFound, InvalidConfigurationRequest or ValidationError. */
export function checkSubnets(state: ElbState, call: Call, subnetIds: readonly string[]): string {
  const { ec2 } = state.world;
  const vpcs = new Set<string>();
  const zones = new Set<string>();
  for (const subnetId of subnetIds) {
    const vpcId = ec2.subnetVpc(call.account, call.region, subnetId);
    const zone = ec2.subnetZone(call.account, call.region, subnetId);
    if (vpcId === undefined || zone === undefined) {
      throw new AwsError('SubnetNotFoundException', `The subnet ID '${subnetId}' does not exist`);
    }
    vpcs.add(vpcId);
    if (zones.has(zone)) {
      throw invalidConfiguration(
        'A load balancer cannot be attached to multiple subnets in the same Availability Zone',
      );
    }
    zones.add(zone);
  }
  const [vpcId, other] = vpcs;
  if (vpcId === undefined) throw twoZonesNeeded();
  if (other !== undefined) throw invalidConfiguration('All subnets must belong to the same VPC');
  return vpcId;
}

/** The zones of some subnets, as load balancers are described with them. One that EC2 does not know, as fleet files may have it, stands in the first. */
export function zonesWith(state: ElbState, where: Where, subnetIds: readonly string[]): AvailabilityZone[] {
  return subnetIds.map((SubnetId) => ({
    ZoneName: state.world.ec2.subnetZone(where.account, where.region, SubnetId) ?? `${where.region}a`,
    SubnetId,
    LoadBalancerAddresses: [],
  }));
}

/** Checks that security groups are of the VPC. Throws InvalidSecurityGroup, and InvalidConfigurationRequest for one of another VPC. */
export function checkSecurityGroups(state: ElbState, call: Call, vpcId: string, groupIds: readonly string[]): void {
  for (const groupId of groupIds) {
    const found = state.world.ec2.securityGroupVpc(call.account, call.region, groupId);
    if (found === undefined) {
      throw new AwsError('InvalidSecurityGroupException', `The security group '${groupId}' does not exist`);
    }
    if (found !== vpcId) {
      throw invalidConfiguration(`Security group '${groupId}' does not belong to VPC '${vpcId}'`);
    }
  }
}

/** The IP address type, where the scheme has it. Throws ValidationError, or InvalidConfigurationRequest. */
export function checkIpAddressType(type: string, scheme: string | undefined): string {
  const known = oneOf(type, 'ipAddressType', ['ipv4', 'dualstack', 'dualstack-without-public-ipv4']);
  if (known === 'dualstack-without-public-ipv4' && scheme === 'internal') {
    throw invalidConfiguration(`IP address type '${type}' is only supported for internet-facing load balancers`);
  }
  return known;
}

function twoZonesNeeded(): AwsError {
  return validationError('At least two subnets in two different Availability Zones must be specified');
}
