import type {
  CreateSubnetCommandInput,
  DeleteSubnetCommandInput,
  DescribeSubnetsCommandInput,
  Subnet as SubnetView,
} from '@aws-sdk/client-ec2';
import type { Call, Operation, World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import { contains, formatCidr, overlaps } from './cidr.ts';
import { dependencyViolation, invalidValue, limitExceeded, noSuch, required, unsupported } from './errors.ts';
import { operation } from './operation.ts';
import type { FilterFields } from './select.ts';
import { select, selecting } from './select.ts';
import type { Ec2State, Scope, Subnet, Vpc } from './state.ts';
import { tagList, tagsFrom } from './tags.ts';
import { rangeOf, vpcNamed } from './vpcs.ts';
import type { Ec2Network } from './world.ts';
import { freeAddresses } from './world.ts';
import { zonesOf } from './zones.ts';

const fields: FilterFields<Subnet> = {
  'subnet-id': (subnet) => [subnet.id],
  'subnet-arn': (subnet) => [arnOf(subnet)],
  'vpc-id': (subnet) => [subnet.vpc.id],
  'availability-zone': (subnet) => [subnet.zone],
  availabilityZone: (subnet) => [subnet.zone],
  'availability-zone-id': (subnet) => [zoneIdOf(subnet)],
  'available-ip-address-count': (subnet) => [String(freeAddresses(subnet))],
  'cidr-block': (subnet) => [formatCidr(subnet.cidr)],
  cidr: (subnet) => [formatCidr(subnet.cidr)],
  'owner-id': (subnet) => [subnet.vpc.account],
  'map-public-ip-on-launch': (subnet) => [String(subnet.mapPublicIp)],
  state: () => ['available'],
  'default-for-az': () => ['false'],
};

function arnOf(subnet: Subnet): string {
  return `arn:aws:ec2:${subnet.vpc.region}:${subnet.vpc.account}:subnet/${subnet.id}`;
}

function zoneIdOf(subnet: Subnet): string {
  return zonesOf(subnet.vpc.region).find((zone) => zone.name === subnet.zone)?.id ?? subnet.zone;
}

function view(subnet: Subnet): SubnetView {
  return {
    SubnetId: subnet.id,
    SubnetArn: arnOf(subnet),
    VpcId: subnet.vpc.id,
    OwnerId: subnet.vpc.account,
    State: 'available',
    CidrBlock: formatCidr(subnet.cidr),
    AvailableIpAddressCount: freeAddresses(subnet),
    AvailabilityZone: subnet.zone,
    AvailabilityZoneId: zoneIdOf(subnet),
    DefaultForAz: false,
    MapPublicIpOnLaunch: subnet.mapPublicIp,
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: false,
    EnableDns64: false,
    Ipv6Native: false,
    Ipv6CidrBlockAssociationSet: [],
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: subnet.hostnameType,
      EnableResourceNameDnsARecord: subnet.resourceNameDnsARecord,
      EnableResourceNameDnsAAAARecord: false,
    },
    Tags: tagList(subnet.tags),
  };
}

/** The subnet that a call names. */
export function subnetNamed(scope: Scope, id: string | undefined): Subnet {
  const subnet = scope.subnets.get(required(id, 'subnetId'));
  if (subnet === undefined) throw noSuch('subnet', id ?? '');
  return subnet;
}

/** The actions on subnets, beside those on their attributes. */
export function subnetOperations(world: World, state: Ec2State, network: Ec2Network): [string, Operation][] {
  const create = (input: CreateSubnetCommandInput, call: Call): { Subnet: SubnetView } => {
    const vpc = vpcNamed(state.scope(call.account, call.region), input.VpcId);
    if (input.Ipv6Native === true) throw unsupported('IPv6 CIDR blocks are not supported.');
    const cidr = rangeOf(input.CidrBlock, 'InvalidSubnet.Range');
    const range = `The CIDR '${input.CidrBlock ?? ''}'`;
    if (!contains(vpc.cidr, cidr)) throw new AwsError('InvalidSubnet.Range', `${range} is invalid.`);
    const siblings = network.subnetsOf(vpc);
    if (siblings.some((subnet) => overlaps(subnet.cidr, cidr))) {
      throw new AwsError('InvalidSubnet.Conflict', `${range} conflicts with another subnet`);
    }
    const tags = tagsFrom(input.TagSpecifications, 'subnet');
    if (siblings.length >= world.quotas.get(call, 'subnetsPerVpc')) {
      throw limitExceeded('SubnetLimitExceeded', 'subnets');
    }
    const zone = zoneOf(network, vpc, input);
    return { Subnet: view(network.addSubnet({ id: network.newId('subnet'), vpc, zone, cidr, tags })) };
  };
  const remove = (input: DeleteSubnetCommandInput, call: Call): object => {
    const subnet = subnetNamed(state.scope(call.account, call.region), input.SubnetId);
    if (subnet.used.size > 0) throw dependencyViolation('subnet', subnet.id);
    state.removeSubnet(subnet);
    return {};
  };
  const describe = (input: DescribeSubnetsCommandInput, call: Call): { Subnets: SubnetView[]; NextToken?: string } => {
    const all = state.scope(call.account, call.region).subnets;
    const notFound = (id: string): AwsError => noSuch('subnet', id);
    const { page, ...rest } = select({ all, ids: input.SubnetIds, fields, notFound }, input);
    return { Subnets: page.map(view), ...rest };
  };
  return [
    operation({
      name: 'CreateSubnet',
      size: 'mutate',
      takes: ['VpcId', 'CidrBlock', 'AvailabilityZone', 'AvailabilityZoneId', 'Ipv6Native', 'TagSpecifications'],
      run: create,
      resources: (input, output) => [input.VpcId, output?.Subnet.SubnetId],
    }),
    operation({
      name: 'DeleteSubnet',
      size: 'mutate',
      takes: ['SubnetId'],
      run: remove,
      resources: (input) => [input.SubnetId],
    }),
    operation({
      name: 'DescribeSubnets',
      size: 'describe',
      takes: ['SubnetIds', ...selecting],
      run: describe,
      resources: (input) => input.SubnetIds ?? [],
    }),
  ];
}

function zoneOf(network: Ec2Network, vpc: Vpc, input: CreateSubnetCommandInput): string {
  const wanted = input.AvailabilityZone ?? input.AvailabilityZoneId;
  if (wanted === undefined) return network.nextZone(vpc);
  const zone = zonesOf(vpc.region).find((candidate) => candidate.name === wanted || candidate.id === wanted);
  if (zone !== undefined) return zone.name;
  throw invalidValue(`Value (${wanted}) for parameter availabilityZone is invalid.`);
}
