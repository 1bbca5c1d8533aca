import type {
  AvailabilityZone,
  CreateSubnetCommandInput,
  CreateVpcCommandInput,
  DeleteSubnetCommandInput,
  DeleteVpcCommandInput,
  DescribeAvailabilityZonesCommandInput,
  DescribeSubnetsCommandInput,
  DescribeVpcsCommandInput,
  Subnet as SubnetView,
  Vpc as VpcView,
} from '@aws-sdk/client-ec2';
import type { Call, Operation, World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import type { Cidr } from './cidr.ts';
import { contains, formatCidr, overlaps, parseCidr } from './cidr.ts';
import { dependencyViolation, invalidParameter, subnetNotFound, vpcNotFound } from './errors.ts';
import { operation } from './operation.ts';
import type { FilterFields } from './select.ts';
import { select, tagList, tagsFrom } from './select.ts';
import type { Ec2State, Subnet, Vpc } from './state.ts';
import type { Ec2Network } from './world.ts';
import { freeAddresses } from './world.ts';
import { zonesOf } from './zones.ts';

/** VPC quotas: 5 in a Region unless raised, 200 subnets in a VPC. Neither binds what a fleet file seeds. */
const vpcsPerRegion = 5;
const subnetsPerVpc = 200;

const vpcFields: FilterFields<Vpc> = {
  'vpc-id': (vpc) => [vpc.id],
  cidr: (vpc) => [formatCidr(vpc.cidr)],
  'cidr-block-association.cidr-block': (vpc) => [formatCidr(vpc.cidr)],
  'owner-id': (vpc) => [vpc.account],
  state: () => ['available'],
  'is-default': () => ['false'],
};

const subnetFields: FilterFields<Subnet> = {
  'subnet-id': (subnet) => [subnet.id],
  'vpc-id': (subnet) => [subnet.vpc.id],
  'availability-zone': (subnet) => [subnet.zone],
  'cidr-block': (subnet) => [formatCidr(subnet.cidr)],
  'owner-id': (subnet) => [subnet.vpc.account],
  state: () => ['available'],
  'default-for-az': () => ['false'],
};

function viewVpc(vpc: Vpc): VpcView {
  const CidrBlock = formatCidr(vpc.cidr);
  return {
    VpcId: vpc.id,
    OwnerId: vpc.account,
    CidrBlock,
    CidrBlockAssociationSet: [
      {
        AssociationId: `vpc-cidr-assoc-${vpc.id.replace(/^vpc-/, '')}`,
        CidrBlock,
        CidrBlockState: { State: 'associated' },
      },
    ],
    DhcpOptionsId: 'default',
    InstanceTenancy: 'default',
    IsDefault: false,
    State: 'available',
    Tags: tagList(vpc.tags),
  };
}

function viewSubnet(subnet: Subnet): SubnetView {
  const { vpc } = subnet;
  return {
    SubnetId: subnet.id,
    SubnetArn: `arn:aws:ec2:${vpc.region}:${vpc.account}:subnet/${subnet.id}`,
    VpcId: vpc.id,
    OwnerId: vpc.account,
    State: 'available',
    CidrBlock: formatCidr(subnet.cidr),
    AvailableIpAddressCount: freeAddresses(subnet),
    AvailabilityZone: subnet.zone,
    AvailabilityZoneId: zonesOf(vpc.region).find((zone) => zone.name === subnet.zone)?.id ?? subnet.zone,
    DefaultForAz: false,
    MapPublicIpOnLaunch: false,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet: [],
    Tags: tagList(subnet.tags),
  };
}

/** Ranges of VPCs and subnets have /16 to /28 (documented). */
function rangeOf(text: string | undefined, code: string): Cidr {
  const cidr = parseCidr(text ?? '');
  if (cidr === undefined) {
    throw invalidParameter(`Value (${text ?? ''}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`);
  }
  if (cidr.bits < 16 || cidr.bits > 28) throw new AwsError(code, `The CIDR '${text ?? ''}' is invalid.`);
  return cidr;
}

/** VPCs and subnets: the network's calls, on the network's state. */
class Networks {
  private readonly world: World;
  private readonly state: Ec2State;
  private readonly network: Ec2Network;

  constructor(world: World, state: Ec2State, network: Ec2Network) {
    this.world = world;
    this.state = state;
    this.network = network;
  }

  createVpc(input: CreateVpcCommandInput, call: Call): { Vpc: VpcView } {
    const cidr = rangeOf(input.CidrBlock, 'InvalidVpc.Range');
    if (this.state.scope(call.account, call.region).vpcs.size >= vpcsPerRegion) {
      throw new AwsError('VpcLimitExceeded', 'The maximum number of VPCs has been reached.');
    }
    const vpc: Vpc = {
      id: `vpc-${this.world.hex('ec2-vpc', 17)}`,
      account: call.account,
      region: call.region,
      cidr,
      tags: tagsFrom(input.TagSpecifications, 'vpc'),
    };
    this.network.addVpc(vpc);
    return { Vpc: viewVpc(vpc) };
  }

  createSubnet(input: CreateSubnetCommandInput, call: Call): { Subnet: SubnetView } {
    const vpc = this.vpcOf(call, input.VpcId);
    const cidr = rangeOf(input.CidrBlock, 'InvalidSubnet.Range');
    if (!contains(vpc.cidr, cidr))
      throw new AwsError('InvalidSubnet.Range', `The CIDR '${input.CidrBlock}' is invalid.`);
    const siblings = this.network.subnetsOf(vpc);
    if (siblings.some((subnet) => overlaps(subnet.cidr, cidr))) {
      throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${input.CidrBlock}' conflicts with another subnet`);
    }
    if (siblings.length >= subnetsPerVpc) {
      throw new AwsError('SubnetLimitExceeded', 'The maximum number of subnets has been reached.');
    }
    const subnet = this.network.addSubnet({
      id: `subnet-${this.world.hex('ec2-subnet', 17)}`,
      vpc,
      zone: this.zoneOf(vpc, input),
      cidr,
      tags: tagsFrom(input.TagSpecifications, 'subnet'),
    });
    return { Subnet: viewSubnet(subnet) };
  }

  deleteVpc(input: DeleteVpcCommandInput, call: Call): object {
    const vpc = this.vpcOf(call, input.VpcId);
    const scope = this.state.scope(call.account, call.region);
    const groups = [...scope.groups.values()].filter((group) => group.vpc === vpc);
    const inUse = this.network.subnetsOf(vpc).length > 0 || groups.some((group) => group.name !== 'default');
    if (inUse) throw dependencyViolation('vpc', vpc.id);
    for (const group of groups) scope.groups.delete(group.id);
    this.state.removeVpc(vpc);
    return {};
  }

  deleteSubnet(input: DeleteSubnetCommandInput, call: Call): object {
    const id = input.SubnetId ?? '';
    const subnet = this.state.scope(call.account, call.region).subnets.get(id);
    if (subnet === undefined) throw subnetNotFound(id);
    if (subnet.used.size > 0) throw dependencyViolation('subnet', id);
    this.state.removeSubnet(subnet);
    return {};
  }

  describeVpcs(input: DescribeVpcsCommandInput, call: Call): { Vpcs: VpcView[]; NextToken?: string } {
    const all = this.state.scope(call.account, call.region).vpcs;
    const { page, ...rest } = select({ all, ids: input.VpcIds, fields: vpcFields, notFound: vpcNotFound }, input);
    return { Vpcs: page.map(viewVpc), ...rest };
  }

  describeSubnets(input: DescribeSubnetsCommandInput, call: Call): { Subnets: SubnetView[]; NextToken?: string } {
    const all = this.state.scope(call.account, call.region).subnets;
    const listing = { all, ids: input.SubnetIds, fields: subnetFields, notFound: subnetNotFound };
    const { page, ...rest } = select(listing, input);
    return { Subnets: page.map(viewSubnet), ...rest };
  }

  private vpcOf(call: Call, id: string | undefined): Vpc {
    const vpc = this.state.scope(call.account, call.region).vpcs.get(id ?? '');
    if (vpc === undefined) throw vpcNotFound(id ?? '');
    return vpc;
  }

  private zoneOf(vpc: Vpc, input: CreateSubnetCommandInput): string {
    const wanted = input.AvailabilityZone ?? input.AvailabilityZoneId;
    if (wanted === undefined) return this.network.nextZone(vpc);
    const zone = zonesOf(vpc.region).find((candidate) => candidate.name === wanted || candidate.id === wanted);
    if (zone !== undefined) return zone.name;
    throw invalidParameter(`Value (${wanted}) for parameter availabilityZone is invalid.`);
  }
}

function describeZones(
  input: DescribeAvailabilityZonesCommandInput,
  call: Call,
): { AvailabilityZones: AvailabilityZone[] } {
  const zones = new Map(
    zonesOf(call.region).map((zone) => [
      zone.name,
      { id: zone.name, zoneId: zone.id, tags: new Map<string, string>() },
    ]),
  );
  const listing = {
    all: zones,
    ids: input.ZoneNames,
    fields: {
      'zone-name': (zone: { id: string }) => [zone.id],
      'zone-id': (zone: { zoneId: string }) => [zone.zoneId],
      'region-name': () => [call.region],
      'zone-type': () => ['availability-zone'],
      'opt-in-status': () => ['opt-in-not-required'],
      state: () => ['available'],
    },
    notFound: (name: string) => invalidParameter(`Invalid availability zone: [${name}]`),
  };
  const { page } = select(listing, input.Filters === undefined ? {} : { Filters: input.Filters });
  return {
    AvailabilityZones: page.map((zone) => ({
      ZoneName: zone.id,
      ZoneId: zone.zoneId,
      RegionName: call.region,
      State: 'available',
      ZoneType: 'availability-zone',
      OptInStatus: 'opt-in-not-required',
      GroupName: call.region,
      NetworkBorderGroup: call.region,
      Messages: [],
    })),
  };
}

/** The actions on VPCs, subnets and zones. */
export function networkOperations(world: World, state: Ec2State, network: Ec2Network): [string, Operation][] {
  const networks = new Networks(world, state, network);
  return [
    operation({
      name: 'CreateVpc',
      size: 'mutate',
      run: (input: CreateVpcCommandInput, call) => networks.createVpc(input, call),
      resources: (_input, output) => [output?.Vpc.VpcId],
    }),
    operation({
      name: 'CreateSubnet',
      size: 'mutate',
      run: (input: CreateSubnetCommandInput, call) => networks.createSubnet(input, call),
      resources: (input, output) => [input.VpcId, output?.Subnet.SubnetId],
    }),
    operation({
      name: 'DeleteVpc',
      size: 'mutate',
      run: (input: DeleteVpcCommandInput, call) => networks.deleteVpc(input, call),
      resources: (input) => [input.VpcId],
    }),
    operation({
      name: 'DeleteSubnet',
      size: 'mutate',
      run: (input: DeleteSubnetCommandInput, call) => networks.deleteSubnet(input, call),
      resources: (input) => [input.SubnetId],
    }),
    operation({
      name: 'DescribeVpcs',
      size: 'describe',
      run: (input: DescribeVpcsCommandInput, call) => networks.describeVpcs(input, call),
      resources: (input) => input.VpcIds ?? [],
    }),
    operation({
      name: 'DescribeSubnets',
      size: 'describe',
      run: (input: DescribeSubnetsCommandInput, call) => networks.describeSubnets(input, call),
      resources: (input) => input.SubnetIds ?? [],
    }),
    operation({ name: 'DescribeAvailabilityZones', size: 'describe', run: describeZones }),
  ];
}
