import type {
  AuthorizeSecurityGroupEgressCommandInput,
  AuthorizeSecurityGroupIngressCommandInput,
  IpPermission,
  RevokedSecurityGroupRule,
  RevokeSecurityGroupEgressCommandInput,
  RevokeSecurityGroupIngressCommandInput,
  SecurityGroupRule as RuleView,
} from '@aws-sdk/client-ec2';
import type { Call, Operation, World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import { isPrefixList } from './endpoint-services.ts';
import { invalidCombination, invalidValue, limitExceeded, missingParameter, noSuch } from './errors.ts';
import { operation } from './operation.ts';
import type { RuleTerms } from './permissions.ts';
import { inWords, keyOf, permissionMembers, termsOf, viewOfTerms } from './permissions.ts';
import { groupNamed, termsTo } from './security-groups.ts';
import type { Ec2State, Scope, SecurityGroup, SecurityGroupRule } from './state.ts';
import { tagList, tagsFrom } from './tags.ts';
import type { Ec2Network } from './world.ts';

type AuthorizeInput = AuthorizeSecurityGroupIngressCommandInput | AuthorizeSecurityGroupEgressCommandInput;
type RevokeInput = RevokeSecurityGroupIngressCommandInput | RevokeSecurityGroupEgressCommandInput;

/** How the API shows a rule. */
export function viewOfRule(rule: SecurityGroupRule): RuleView {
  const { region, account } = rule.group.vpc;
  return {
    SecurityGroupRuleId: rule.id,
    GroupId: rule.group.id,
    GroupOwnerId: account,
    IsEgress: rule.egress,
    SecurityGroupRuleArn: `arn:aws:ec2:${region}:${account}:security-group-rule/${rule.id}`,
    ...viewOfTerms(rule.terms),
    Tags: tagList(rule.tags),
  };
}

/** Throws `AwsError` unless the rule's peer is there, and the rule would not be the group's second like it. `except`: the rule that it replaces. */
export function checkTerms(scope: Scope, group: SecurityGroup, terms: RuleTerms, rules: readonly RuleTerms[]): void {
  const { peer } = terms;
  if (peer.kind === 'group') checkPeerGroup(scope, group, peer.value);
  if (peer.kind === 'prefix-list' && !isPrefixList(group.vpc.region, peer.value))
    throw noSuch('prefixList', peer.value);
  if (rules.some((known) => keyOf(known) === keyOf(terms))) {
    throw new AwsError('InvalidPermission.Duplicate', `the specified rule "${inWords(terms)}" already exists`);
  }
}

function checkPeerGroup(scope: Scope, group: SecurityGroup, id: string): void {
  const peer = scope.groups.get(id);
  if (peer === undefined) throw noSuch('group', id);
  if (peer.vpc === group.vpc) return;
  // As seen; VPC peering is not simulated.
  throw new AwsError('InvalidGroup.NotFound', 'You have specified two resources that belong to different networks.');
}

/** The quota holds for each direction, and there for the rules that IPv4 traffic may meet and those that IPv6 traffic may (VPC quotas). */
export function checkRuleQuota(world: World, group: SecurityGroup, rules: readonly RuleTerms[]): void {
  const limit = world.quotas.get(group.vpc, 'rulesPerSecurityGroup');
  const ipv4 = rules.filter((terms) => terms.peer.kind !== 'ipv6').length;
  const ipv6 = rules.filter((terms) => terms.peer.kind !== 'ipv4').length;
  if (Math.max(ipv4, ipv6) <= limit) return;
  throw limitExceeded('RulesPerSecurityGroupLimitExceeded', 'rules per security group');
}

function requestedTerms(input: AuthorizeInput | RevokeInput, account: string): RuleTerms[] {
  const permissions = requestedPermissions(input);
  const terms = permissions.flatMap((permission) => termsOf(permission, account));
  if (new Set(terms.map(keyOf)).size < terms.length) {
    throw invalidValue('The same permission must not appear multiple times');
  }
  return terms;
}

function requestedPermissions(input: AuthorizeInput | RevokeInput): readonly IpPermission[] {
  const { IpPermissions, IpProtocol, FromPort, ToPort, CidrIp } = input;
  if (IpPermissions !== undefined && IpPermissions.length > 0) return IpPermissions;
  if (IpProtocol === undefined || CidrIp === undefined) throw missingParameter('ipPermissions');
  return [{ IpProtocol, FromPort, ToPort, IpRanges: [{ CidrIp }] }];
}

/** Authorize and Revoke, in both directions. */
export function ruleChangeOperations(world: World, state: Ec2State, network: Ec2Network): [string, Operation][] {
  const authorize = (
    input: AuthorizeInput,
    call: Call,
    egress: boolean,
  ): { Return: boolean; SecurityGroupRules: RuleView[] } => {
    const scope = state.scope(call.account, call.region);
    const group = groupNamed(scope, input.GroupId);
    const tags = tagsFrom(input.TagSpecifications, 'security-group-rule');
    const known = termsTo(group, egress);
    const added = requestedTerms(input, call.account);
    for (const terms of added) checkTerms(scope, group, terms, known);
    checkRuleQuota(world, group, [...known, ...added]);
    const rules = added.map((terms) => network.addRule({ group, egress, terms, tags: new Map(tags) }));
    return { Return: true, SecurityGroupRules: rules.map(viewOfRule) };
  };
  const revoke = (
    input: RevokeInput,
    call: Call,
    egress: boolean,
  ): { Return: boolean; RevokedSecurityGroupRules: RevokedSecurityGroupRule[] } => {
    const group = groupNamed(state.scope(call.account, call.region), input.GroupId);
    const rules = revoked(group, input, call, egress);
    for (const rule of rules) state.removeRule(rule);
    return { Return: true, RevokedSecurityGroupRules: rules.map(viewOfRevoked) };
  };
  const common = ['GroupId', ...permissionMembers.map((member) => `IpPermissions.${member}`)];
  // Egress rules are only given as permissions (model).
  const short = ['IpProtocol', 'FromPort', 'ToPort', 'CidrIp'];
  return [true, false].flatMap((egress) => {
    const direction = egress ? 'Egress' : 'Ingress';
    const takes = [...common, ...(egress ? [] : short)];
    return [
      operation({
        name: `AuthorizeSecurityGroup${direction}`,
        size: 'mutate',
        takes: [...takes, 'TagSpecifications'],
        run: (input: AuthorizeInput, call) => authorize(input, call, egress),
        resources: (input) => [input.GroupId],
      }),
      operation({
        name: `RevokeSecurityGroup${direction}`,
        size: 'mutate',
        takes: [...takes, 'SecurityGroupRuleIds'],
        run: (input: RevokeInput, call) => revoke(input, call, egress),
        resources: (input) => [input.GroupId],
      }),
    ];
  });
}

/** The rules that a call revokes: all of them exist, or nothing is revoked (of a group outside a default VPC; RevokeSecurityGroupIngress, EC2 API reference). */
function revoked(group: SecurityGroup, input: RevokeInput, call: Call, egress: boolean): readonly SecurityGroupRule[] {
  const ids = input.SecurityGroupRuleIds ?? [];
  const rules = [...group.rules.values()].filter((rule) => rule.egress === egress);
  if (ids.length > 0) {
    if ((input.IpPermissions ?? []).length > 0) {
      throw invalidCombination('You may specify either security group rule IDs or IP permissions, not both.');
    }
    return ids.map((id) => found(rules, (rule) => rule.id === id, noSuch('rule', id)));
  }
  const missing = new AwsError(
    'InvalidPermission.NotFound',
    'The specified rule does not exist in this security group.',
  );
  return requestedTerms(input, call.account).map((terms) =>
    found(rules, (rule) => keyOf(rule.terms) === keyOf(terms), missing),
  );
}

function found(
  rules: readonly SecurityGroupRule[],
  is: (rule: SecurityGroupRule) => boolean,
  missing: AwsError,
): SecurityGroupRule {
  const rule = rules.find(is);
  if (rule === undefined) throw missing;
  return rule;
}

function viewOfRevoked(rule: SecurityGroupRule): RevokedSecurityGroupRule {
  const {
    ReferencedGroupInfo,
    Tags: _tags,
    SecurityGroupRuleArn: _arn,
    GroupOwnerId: _owner,
    ...shared
  } = viewOfRule(rule);
  const { GroupId } = ReferencedGroupInfo ?? {};
  return { ...shared, ...(GroupId === undefined ? {} : { ReferencedGroupId: GroupId }) };
}
