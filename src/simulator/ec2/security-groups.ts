import type {
  CreateSecurityGroupCommandInput,
  DeleteSecurityGroupCommandInput,
  DescribeSecurityGroupsCommandInput,
  SecurityGroup as GroupView,
} from '@aws-sdk/client-ec2';
import type { Call, Operation, World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import { hasDependents, invalidValue, limitExceeded, noSuch, required } from './errors.ts';
import { operation } from './operation.ts';
import type { RuleTerms } from './permissions.ts';
import { permissionsOf } from './permissions.ts';
import type { FilterFields } from './select.ts';
import { isUnfiltered, select, selecting } from './select.ts';
import type { Ec2State, Scope, SecurityGroup } from './state.ts';
import { tagList, tagsFrom } from './tags.ts';
import { vpcNamed } from './vpcs.ts';
import type { Ec2Network } from './world.ts';

/** Names and descriptions of groups in a VPC (model). */
const allowedText = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

const fields: FilterFields<SecurityGroup> = {
  'group-id': (group) => [group.id],
  'group-name': (group) => [group.name],
  description: (group) => [group.description],
  'vpc-id': (group) => [group.vpc.id],
  'owner-id': (group) => [group.vpc.account],
  'ip-permission.cidr': (group) => peersOf(group, false, 'ipv4'),
  'ip-permission.group-id': (group) => peersOf(group, false, 'group'),
  'egress.ip-permission.cidr': (group) => peersOf(group, true, 'ipv4'),
  'egress.ip-permission.group-id': (group) => peersOf(group, true, 'group'),
};

function peersOf(group: SecurityGroup, egress: boolean, kind: string): string[] {
  return termsTo(group, egress).flatMap(({ peer }) => (peer.kind === kind ? [peer.value] : []));
}

/** A group's rules in one direction. */
export function termsTo(group: SecurityGroup, egress: boolean): RuleTerms[] {
  return [...group.rules.values()].filter((rule) => rule.egress === egress).map((rule) => rule.terms);
}

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
    IpPermissions: permissionsOf(termsTo(group, false)),
    IpPermissionsEgress: permissionsOf(termsTo(group, true)),
    Tags: tagList(group.tags),
  };
}

/** The security group that a call names. */
export function groupNamed(scope: Scope, id: string | undefined): SecurityGroup {
  const group = scope.groups.get(required(id, 'groupId'));
  if (group === undefined) throw noSuch('group', id ?? '');
  return group;
}

/** Throws `AwsError` for text that a name or description may not have. */
function checkText(text: string, parameter: 'GroupName' | 'GroupDescription'): void {
  if (text === '') throw new AwsError('MissingParameter', `The request must contain the parameter ${parameter}`);
  if (allowedText.test(text) && !(parameter === 'GroupName' && text.startsWith('sg-'))) return;
  const form = parameter === 'GroupName' ? ' It may not begin with sg-.' : '';
  throw invalidValue(
    `Value (${text}) for parameter ${parameter} is invalid. Up to 255 of a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$* are allowed.${form}`,
  );
}

/** Names are compared without regard to case (model). */
function isNamed(group: SecurityGroup, name: string): boolean {
  return group.name.toLowerCase() === name.toLowerCase();
}

/** The actions on security groups, beside those on their rules. */
export function securityGroupOperations(world: World, state: Ec2State, network: Ec2Network): [string, Operation][] {
  const create = (
    input: CreateSecurityGroupCommandInput,
    call: Call,
  ): Pick<GroupView, 'GroupId' | 'SecurityGroupArn' | 'Tags'> => {
    const scope = state.scope(call.account, call.region);
    // No account here has a default VPC.
    if (input.VpcId === undefined) throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
    const vpc = vpcNamed(scope, input.VpcId);
    const { GroupName: name = '', Description: description = '' } = input;
    checkText(name, 'GroupName');
    checkText(description, 'GroupDescription');
    if ([...scope.groups.values()].some((group) => group.vpc === vpc && isNamed(group, name))) {
      throw new AwsError('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpc.id}'`);
    }
    const tags = tagsFrom(input.TagSpecifications, 'security-group');
    if (scope.groups.size >= world.quotas.get(call, 'securityGroups')) {
      throw limitExceeded('SecurityGroupLimitExceeded', 'security groups');
    }
    const group = network.addGroup({ id: network.newId('sg'), name, description, vpc, tags });
    return { GroupId: group.id, SecurityGroupArn: arnOf(group), Tags: tagList(tags) };
  };
  const remove = (input: DeleteSecurityGroupCommandInput, call: Call): { Return: boolean; GroupId: string } => {
    const scope = state.scope(call.account, call.region);
    const group = groupNamed(scope, input.GroupId);
    if (group.name === 'default') {
      const message = `the specified group: "${group.id}" name: "default" cannot be deleted by a user`;
      throw new AwsError('CannotDelete', message);
    }
    if (isUsed(scope, group)) throw hasDependents(group.id);
    state.removeGroup(group);
    return { Return: true, GroupId: group.id };
  };
  const describe = (
    input: DescribeSecurityGroupsCommandInput,
    call: Call,
  ): { SecurityGroups: GroupView[]; NextToken?: string } => {
    const all = state.scope(call.account, call.region).groups;
    const names = input.GroupNames ?? [];
    const byName = names.length === 0 ? [] : [{ Name: 'group-name', Values: [...names] }];
    const notFound = (id: string): AwsError => noSuch('group', id);
    const listing = { all, ids: input.GroupIds, fields, notFound };
    const { page, ...rest } = select(listing, { ...input, Filters: [...(input.Filters ?? []), ...byName] });
    return { SecurityGroups: page.map(view), ...rest };
  };
  return [
    operation({
      name: 'CreateSecurityGroup',
      size: 'mutate',
      takes: ['VpcId', 'GroupName', 'Description', 'TagSpecifications'],
      run: create,
      resources: (input, output) => [input.VpcId, output?.GroupId],
    }),
    operation({
      name: 'DeleteSecurityGroup',
      size: 'mutate',
      takes: ['GroupId'],
      run: remove,
      resources: (input) => [input.GroupId],
    }),
    operation({
      name: 'DescribeSecurityGroups',
      size: 'describe',
      takes: ['GroupIds', 'GroupNames', ...selecting],
      unfiltered: (input: DescribeSecurityGroupsCommandInput) => isUnfiltered(input, input.GroupIds, input.GroupNames),
      run: describe,
      resources: (input) => input.GroupIds ?? [],
    }),
  ];
}

/** A group in use cannot be deleted: interfaces that bear it, and rules of other groups that name it (DeleteSecurityGroup, EC2 API reference). */
function isUsed(scope: Scope, group: SecurityGroup): boolean {
  for (const eni of scope.interfaces.values()) if (eni.groupIds.includes(group.id)) return true;
  for (const endpoint of scope.endpoints.values()) {
    if (endpoint.state !== 'deleted' && endpoint.groupIds.includes(group.id)) return true;
  }
  return [...scope.rules.values()].some(
    ({ group: owner, terms }) => owner !== group && terms.peer.kind === 'group' && terms.peer.value === group.id,
  );
}
