import type {
  CreateVpcCommandInput,
  DeleteVpcCommandInput,
  DescribeVpcsCommandInput,
  Vpc as VpcView,
} from '@aws-sdk/client-ec2';
import type { Call, Operation, World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import type { Cidr } from './cidr.ts';
import { formatCidr, parseCidr } from './cidr.ts';
import { isAlive } from './endpoint-state.ts';
import { dependencyViolation, invalidValue, limitExceeded, noSuch, required, unsupported } from './errors.ts';
import { operation } from './operation.ts';
import type { FilterFields } from './select.ts';
import { select, selecting } from './select.ts';
import type { Ec2State, Scope, Vpc } from './state.ts';
import { tagList, tagsFrom } from './tags.ts';
import type { Ec2Network } from './world.ts';

const fields: FilterFields<Vpc> = {
  'vpc-id': (vpc) => [vpc.id],
  cidr: (vpc) => [formatCidr(vpc.cidr)],
  'cidr-block': (vpc) => [formatCidr(vpc.cidr)],
  'cidr-block-association.cidr-block': (vpc) => [formatCidr(vpc.cidr)],
  'cidr-block-association.state': () => ['associated'],
  'dhcp-options-id': () => ['default'],
  'owner-id': (vpc) => [vpc.account],
  state: () => ['available'],
  'is-default': () => ['false'],
  isDefault: () => ['false'],
};

function view(vpc: Vpc): VpcView {
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

/** Ranges of VPCs and subnets have /16 to /28 (documented). Throws with `code` for other sizes. */
export function rangeOf(text: string | undefined, code: string): Cidr {
  const cidr = parseCidr(text ?? '');
  if (cidr === undefined) {
    throw invalidValue(`Value (${text ?? ''}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`);
  }
  if (cidr.bits < 16 || cidr.bits > 28) throw new AwsError(code, `The CIDR '${text ?? ''}' is invalid.`);
  return cidr;
}

/** The VPC that a call names. */
export function vpcNamed(scope: Scope, id: string | undefined): Vpc {
  const vpc = scope.vpcs.get(required(id, 'vpcId'));
  if (vpc === undefined) throw noSuch('vpc', id ?? '');
  return vpc;
}

/** The actions on VPCs, beside those on their attributes. */
export function vpcOperations(world: World, state: Ec2State, network: Ec2Network): [string, Operation][] {
  const create = (input: CreateVpcCommandInput, call: Call): { Vpc: VpcView } => {
    const cidr = rangeOf(input.CidrBlock, 'InvalidVpc.Range');
    if ((input.InstanceTenancy ?? 'default') !== 'default') {
      throw unsupported(`Instance tenancy '${input.InstanceTenancy ?? ''}' is not supported.`);
    }
    if (input.AmazonProvidedIpv6CidrBlock === true) throw unsupported('IPv6 CIDR blocks are not supported.');
    const tags = tagsFrom(input.TagSpecifications, 'vpc');
    if (state.scope(call.account, call.region).vpcs.size >= world.quotas.get(call, 'vpcs')) {
      throw limitExceeded('VpcLimitExceeded', 'VPCs');
    }
    const id = network.newId('vpc');
    return { Vpc: view(network.addVpc({ id, account: call.account, region: call.region, cidr, tags })) };
  };
  const remove = (input: DeleteVpcCommandInput, call: Call): object => {
    const scope = state.scope(call.account, call.region);
    const vpc = vpcNamed(scope, input.VpcId);
    if (isUsed(scope, vpc)) throw dependencyViolation('vpc', vpc.id);
    state.removeVpc(vpc);
    return {};
  };
  const describe = (input: DescribeVpcsCommandInput, call: Call): { Vpcs: VpcView[]; NextToken?: string } => {
    const all = state.scope(call.account, call.region).vpcs;
    const notFound = (id: string): AwsError => noSuch('vpc', id);
    const { page, ...rest } = select({ all, ids: input.VpcIds, fields, notFound }, input);
    return { Vpcs: page.map(view), ...rest };
  };
  return [
    operation({
      name: 'CreateVpc',
      size: 'mutate',
      takes: ['CidrBlock', 'InstanceTenancy', 'AmazonProvidedIpv6CidrBlock', 'TagSpecifications'],
      run: create,
      resources: (_input, output) => [output?.Vpc.VpcId],
    }),
    operation({
      name: 'DeleteVpc',
      size: 'mutate',
      takes: ['VpcId'],
      run: remove,
      resources: (input) => [input.VpcId],
    }),
    operation({
      name: 'DescribeVpcs',
      size: 'describe',
      takes: ['VpcIds', ...selecting],
      run: describe,
      resources: (input) => input.VpcIds ?? [],
    }),
  ];
}

/** Subnets, endpoints and security groups of its own keep a VPC; what came with it goes with it (DeleteVpc, EC2 API reference). */
function isUsed(scope: Scope, vpc: Vpc): boolean {
  return (
    [...scope.subnets.values()].some((subnet) => subnet.vpc === vpc) ||
    [...scope.endpoints.values()].some((endpoint) => endpoint.vpc === vpc && isAlive(endpoint)) ||
    [...scope.groups.values()].some((group) => group.vpc === vpc && group.name !== 'default')
  );
}
