import type {
  AuthorizeSecurityGroupIngressCommandInput,
  CreateSecurityGroupCommandInput,
  DeleteSecurityGroupCommandInput,
  DescribeSecurityGroupsCommandInput,
  SecurityGroup as GroupView,
  IpPermission,
  SecurityGroupRule as RuleView,
} from '@aws-sdk/client-ec2';
import type { Call, Operation, World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import { dependencyViolation, groupNotFound, invalidParameter, missingParameter, vpcNotFound } from './errors.ts';
import { operation } from './operation.ts';
import type { FilterFields } from './select.ts';
import { select, tagList, tagsFrom } from './select.ts';
import type { Ec2State, Scope, SecurityGroup } from './state.ts';
import type { Ec2Network } from './world.ts';

/** VPC quotas. */
const rulesPerGroup = 60;
const groupsPerRegion = 2_500;

const fields: FilterFields<SecurityGroup> = {
  'group-id': (group) => [group.id],
  'group-name': (group) => [group.name],
  description: (group) => [group.description],
  'vpc-id': (group) => [group.vpc.id],
  'owner-id': (group) => [group.vpc.account],
};

const allEgress: IpPermission = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

function arnOf(group: SecurityGroup): string {
  return `arn:aws:ec2:${group.vpc.region}:${group.vpc.account}:security-group/${group.id}`;
}

function view(group: SecurityGroup): GroupView {
  return {
    GroupId: group.id,
    GroupName: group.name,
    Description: group.description,
    OwnerId: group.vpc.account,
    VpcId: group.vpc.id,
    SecurityGroupArn: arnOf(group),
    IpPermissions: merged(group),
    IpPermissionsEgress: [allEgress],
    Tags: tagList(group.tags),
  };
}

/** AWS keeps one rule for each source, and shows the rules of one protocol and port range together. */
function merged(group: SecurityGroup): IpPermission[] {
  const byPorts = new Map<string, IpPermission>();
  for (const { permission } of group.ingress) {
    const key = portsKey(permission);
    const known = byPorts.get(key);
    byPorts.set(key, {
      ...permission,
      IpRanges: [...(known?.IpRanges ?? []), ...(permission.IpRanges ?? [])],
      Ipv6Ranges: [...(known?.Ipv6Ranges ?? []), ...(permission.Ipv6Ranges ?? [])],
      PrefixListIds: [...(known?.PrefixListIds ?? []), ...(permission.PrefixListIds ?? [])],
      UserIdGroupPairs: [...(known?.UserIdGroupPairs ?? []), ...(permission.UserIdGroupPairs ?? [])],
    });
  }
  return [...byPorts.values()];
}

function portsKey(permission: IpPermission): string {
  return `${permission.IpProtocol ?? ''}/${permission.FromPort ?? ''}-${permission.ToPort ?? ''}`;
}

/** One permission for each source that a permission lists. */
function split(permission: IpPermission): IpPermission[] {
  const { IpProtocol, FromPort, ToPort } = permission;
  const ports = {
    IpProtocol,
    ...(FromPort === undefined ? {} : { FromPort }),
    ...(ToPort === undefined ? {} : { ToPort }),
  };
  return [
    ...(permission.IpRanges ?? []).map((range) => ({ ...ports, IpRanges: [range] })),
    ...(permission.Ipv6Ranges ?? []).map((range) => ({ ...ports, Ipv6Ranges: [range] })),
    ...(permission.PrefixListIds ?? []).map((list) => ({ ...ports, PrefixListIds: [list] })),
    ...(permission.UserIdGroupPairs ?? []).map((pair) => ({ ...ports, UserIdGroupPairs: [pair] })),
  ];
}

/** What makes two rules the same: everything but their descriptions. */
function sourceKey(permission: IpPermission): string {
  const source =
    permission.IpRanges?.[0]?.CidrIp ??
    permission.Ipv6Ranges?.[0]?.CidrIpv6 ??
    permission.PrefixListIds?.[0]?.PrefixListId ??
    permission.UserIdGroupPairs?.[0]?.GroupId ??
    '';
  return `${portsKey(permission)}/${source}`;
}

function requested(input: AuthorizeSecurityGroupIngressCommandInput): IpPermission[] {
  const { IpPermissions, IpProtocol, FromPort, ToPort, CidrIp } = input;
  if (IpPermissions !== undefined && IpPermissions.length > 0) return IpPermissions.flatMap(split);
  if (IpProtocol === undefined || CidrIp === undefined) throw missingParameter('ipPermissions');
  return split({ IpProtocol, FromPort, ToPort, IpRanges: [{ CidrIp }] });
}

/** Security groups and their ingress rules. */
class SecurityGroups {
  private readonly world: World;
  private readonly state: Ec2State;
  private readonly network: Ec2Network;

  constructor(world: World, state: Ec2State, network: Ec2Network) {
    this.world = world;
    this.state = state;
    this.network = network;
  }

  create(input: CreateSecurityGroupCommandInput, call: Call): { GroupId: string; SecurityGroupArn: string } {
    const scope = this.state.scope(call.account, call.region);
    const vpc = scope.vpcs.get(input.VpcId ?? '');
    if (input.VpcId === undefined) throw missingParameter('vpcId');
    if (vpc === undefined) throw vpcNotFound(input.VpcId);
    const name = input.GroupName ?? '';
    if (name.startsWith('sg-') || name.length > 255) {
      throw invalidParameter(`Value (${name}) for parameter GroupName is invalid.`);
    }
    if ([...scope.groups.values()].some((group) => group.vpc === vpc && group.name === name)) {
      throw new AwsError('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpc.id}'`);
    }
    if (scope.groups.size >= groupsPerRegion) {
      throw new AwsError('SecurityGroupLimitExceeded', 'The maximum number of security groups has been reached.');
    }
    const group: SecurityGroup = {
      id: `sg-${this.world.hex('ec2-sg', 17)}`,
      name,
      description: input.Description ?? '',
      vpc,
      tags: tagsFrom(input.TagSpecifications, 'security-group'),
      ingress: [],
    };
    this.network.addGroup(group);
    return { GroupId: group.id, SecurityGroupArn: arnOf(group) };
  }

  authorize(
    input: AuthorizeSecurityGroupIngressCommandInput,
    call: Call,
  ): { Return: boolean; SecurityGroupRules: RuleView[] } {
    const group = this.groupOf(call, input.GroupId);
    const permissions = requested(input);
    const known = new Set(group.ingress.map((rule) => sourceKey(rule.permission)));
    for (const permission of permissions) {
      const key = sourceKey(permission);
      if (known.has(key)) throw new AwsError('InvalidPermission.Duplicate', 'the specified rule already exists');
      known.add(key);
    }
    if (known.size > rulesPerGroup) {
      throw new AwsError(
        'RulesPerSecurityGroupLimitExceeded',
        'The maximum number of rules per security group has been reached.',
      );
    }
    const added = permissions.map((permission) => ({ id: `sgr-${this.world.hex('ec2-sgr', 17)}`, permission }));
    group.ingress.push(...added);
    return {
      Return: true,
      SecurityGroupRules: added.map(({ id, permission }) => ({
        SecurityGroupRuleId: id,
        GroupId: group.id,
        GroupOwnerId: group.vpc.account,
        IsEgress: false,
        IpProtocol: permission.IpProtocol,
        FromPort: permission.FromPort ?? -1,
        ToPort: permission.ToPort ?? -1,
        CidrIpv4: permission.IpRanges?.[0]?.CidrIp,
      })),
    };
  }

  delete(input: DeleteSecurityGroupCommandInput, call: Call): { Return: boolean; GroupId: string } {
    const scope = this.state.scope(call.account, call.region);
    const group = this.groupOf(call, input.GroupId);
    if (group.name === 'default') {
      throw new AwsError(
        'CannotDelete',
        `the specified group: "${group.id}" name: "default" cannot be deleted by a user`,
      );
    }
    if (isUsed(scope, group)) throw dependencyViolation('resource', group.id);
    scope.groups.delete(group.id);
    return { Return: true, GroupId: group.id };
  }

  describe(input: DescribeSecurityGroupsCommandInput, call: Call): { SecurityGroups: GroupView[]; NextToken?: string } {
    const all = this.state.scope(call.account, call.region).groups;
    const names = input.GroupNames ?? [];
    const Filters =
      names.length === 0 ? input.Filters : [...(input.Filters ?? []), { Name: 'group-name', Values: names }];
    const listing = { all, ids: input.GroupIds, fields, notFound: groupNotFound };
    const { page, ...rest } = select(listing, { ...input, Filters });
    return { SecurityGroups: page.map(view), ...rest };
  }

  private groupOf(call: Call, id: string | undefined): SecurityGroup {
    if (id === undefined) throw missingParameter('groupId');
    const group = this.state.scope(call.account, call.region).groups.get(id);
    if (group === undefined) throw groupNotFound(id);
    return group;
  }
}

/** A group in use cannot be deleted: interfaces that bear it, and rules of other groups that name it. */
function isUsed(scope: Scope, group: SecurityGroup): boolean {
  for (const eni of scope.interfaces.values()) if (eni.groupIds.includes(group.id)) return true;
  return [...scope.groups.values()].some(
    (other) =>
      other !== group &&
      other.ingress.some(
        (rule) => rule.permission.UserIdGroupPairs?.some((pair) => pair.GroupId === group.id) === true,
      ),
  );
}

/** The actions on security groups. */
export function securityGroupOperations(world: World, state: Ec2State, network: Ec2Network): [string, Operation][] {
  const groups = new SecurityGroups(world, state, network);
  return [
    operation({
      name: 'CreateSecurityGroup',
      size: 'mutate',
      run: (input: CreateSecurityGroupCommandInput, call) => groups.create(input, call),
      resources: (input, output) => [input.VpcId, output?.GroupId],
    }),
    operation({
      name: 'AuthorizeSecurityGroupIngress',
      size: 'mutate',
      run: (input: AuthorizeSecurityGroupIngressCommandInput, call) => groups.authorize(input, call),
      resources: (input) => [input.GroupId],
    }),
    operation({
      name: 'DeleteSecurityGroup',
      size: 'mutate',
      run: (input: DeleteSecurityGroupCommandInput, call) => groups.delete(input, call),
      resources: (input) => [input.GroupId],
    }),
    operation({
      name: 'DescribeSecurityGroups',
      size: 'describe',
      unfiltered: (input: DescribeSecurityGroupsCommandInput) =>
        input.Filters === undefined && input.MaxResults === undefined && input.GroupIds === undefined,
      run: (input: DescribeSecurityGroupsCommandInput, call) => groups.describe(input, call),
      resources: (input) => input.GroupIds ?? [],
    }),
  ];
}
