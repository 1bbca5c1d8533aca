/** The main route table and the default network ACL that every VPC has; others are not simulated. */
import type {
  DescribeNetworkAclsCommandInput,
  DescribeRouteTablesCommandInput,
  NetworkAclEntry,
  NetworkAcl as NetworkAclView,
  RouteTable as RouteTableView,
} from '@aws-sdk/client-ec2';
import type { AwsError, Call, Operation } from '../kernel.ts';
import { formatCidr } from './cidr.ts';
import { noSuch } from './errors.ts';
import { operation } from './operation.ts';
import type { FilterFields } from './select.ts';
import { select, selecting } from './select.ts';
import type { Ec2State, Scope, Subnet, VpcPart } from './state.ts';
import { tagList } from './tags.ts';

const tableFields: FilterFields<VpcPart> = {
  'route-table-id': (table) => [table.id],
  'vpc-id': (table) => [table.vpc.id],
  'owner-id': (table) => [table.vpc.account],
  'association.main': () => ['true'],
  'association.route-table-id': (table) => [table.id],
  'association.route-table-association-id': (table) => [table.associationId],
  // The main table's association is implicit, and names no subnet.
  'association.subnet-id': () => [],
  'association.gateway-id': () => [],
  'route.destination-cidr-block': (table) => [formatCidr(table.vpc.cidr)],
  'route.gateway-id': () => ['local'],
};

const aclFields = (scope: Scope): FilterFields<VpcPart> => ({
  'network-acl-id': (acl) => [acl.id],
  'vpc-id': (acl) => [acl.vpc.id],
  'owner-id': (acl) => [acl.vpc.account],
  default: () => ['true'],
  'association.network-acl-id': (acl) => [acl.id],
  'association.subnet-id': (acl) => subnetsOf(scope, acl).map((subnet) => subnet.id),
});

function subnetsOf(scope: Scope, part: VpcPart): readonly Subnet[] {
  return [...scope.subnets.values()].filter((subnet) => subnet.vpc === part.vpc);
}

function viewTable(table: VpcPart): RouteTableView {
  return {
    RouteTableId: table.id,
    VpcId: table.vpc.id,
    OwnerId: table.vpc.account,
    Associations: [
      {
        Main: true,
        RouteTableAssociationId: table.associationId,
        RouteTableId: table.id,
        AssociationState: { State: 'associated' },
      },
    ],
    PropagatingVgws: [],
    Routes: [
      {
        DestinationCidrBlock: formatCidr(table.vpc.cidr),
        GatewayId: 'local',
        Origin: 'CreateRouteTable',
        State: 'active',
      },
    ],
    Tags: tagList(table.tags),
  };
}

/** The default ACL lets all traffic through (VPC guide, default network ACL). */
function entries(egress: boolean): NetworkAclEntry[] {
  const all = { CidrBlock: '0.0.0.0/0', Egress: egress, Protocol: '-1' };
  return [
    { ...all, RuleAction: 'allow', RuleNumber: 100 },
    { ...all, RuleAction: 'deny', RuleNumber: 32_767 },
  ];
}

function viewAcl(acl: VpcPart, scope: Scope): NetworkAclView {
  return {
    NetworkAclId: acl.id,
    VpcId: acl.vpc.id,
    OwnerId: acl.vpc.account,
    IsDefault: true,
    Associations: subnetsOf(scope, acl).map((subnet) => ({
      NetworkAclAssociationId: `aclassoc-${subnet.id.replace(/^subnet-/, '')}`,
      NetworkAclId: acl.id,
      SubnetId: subnet.id,
    })),
    Entries: [...entries(true), ...entries(false)],
    Tags: tagList(acl.tags),
  };
}

/** DescribeRouteTables and DescribeNetworkAcls. */
export function routingOperations(state: Ec2State): [string, Operation][] {
  return [
    operation({
      name: 'DescribeRouteTables',
      size: 'describe',
      takes: ['RouteTableIds', ...selecting],
      run: (input: DescribeRouteTablesCommandInput, call: Call) => {
        const all = state.scope(call.account, call.region).routeTables;
        const notFound = (id: string): AwsError => noSuch('routeTable', id);
        const { page, ...rest } = select({ all, ids: input.RouteTableIds, fields: tableFields, notFound }, input);
        return { RouteTables: page.map(viewTable), ...rest };
      },
      resources: (input) => input.RouteTableIds ?? [],
    }),
    operation({
      name: 'DescribeNetworkAcls',
      size: 'describe',
      takes: ['NetworkAclIds', ...selecting],
      run: (input: DescribeNetworkAclsCommandInput, call: Call) => {
        const scope = state.scope(call.account, call.region);
        const notFound = (id: string): AwsError => noSuch('networkAcl', id);
        const listing = { all: scope.networkAcls, ids: input.NetworkAclIds, fields: aclFields(scope), notFound };
        const { page, ...rest } = select(listing, input);
        return { NetworkAcls: page.map((acl) => viewAcl(acl, scope)), ...rest };
      },
      resources: (input) => input.NetworkAclIds ?? [],
    }),
  ];
}
