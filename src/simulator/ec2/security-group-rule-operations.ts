import type {
  DescribeSecurityGroupRulesCommandInput,
  ModifySecurityGroupRulesCommandInput,
  SecurityGroupRule as RuleView,
  SecurityGroupRuleRequest,
} from '@aws-sdk/client-ec2';
import type { AwsError, Call, Operation, World } from '../kernel.ts';
import { invalidCombination, missingParameter, noSuch } from './errors.ts';
import { operation } from './operation.ts';
import type { Peer, RuleTerms } from './permissions.ts';
import { ipv4Peer, ipv6Peer, portsOf } from './permissions.ts';
import { checkRuleQuota, checkTerms, viewOfRule } from './security-group-rules.ts';
import { groupNamed, termsTo } from './security-groups.ts';
import type { FilterFields } from './select.ts';
import { select, selecting } from './select.ts';
import type { Ec2State, SecurityGroup, SecurityGroupRule } from './state.ts';

const fields: FilterFields<SecurityGroupRule> = {
  'group-id': (rule) => [rule.group.id],
  'security-group-rule-id': (rule) => [rule.id],
};

/** What a changed rule is to say; a member that is left out says nothing, as in a new rule (assumed). */
function termsRequested(request: SecurityGroupRuleRequest, account: string): RuleTerms {
  const peers: Peer[] = [
    ...(request.CidrIpv4 === undefined ? [] : [ipv4Peer(request.CidrIpv4)]),
    ...(request.CidrIpv6 === undefined ? [] : [ipv6Peer(request.CidrIpv6)]),
    ...(request.PrefixListId === undefined ? [] : [{ kind: 'prefix-list' as const, value: request.PrefixListId }]),
    ...(request.ReferencedGroupId === undefined
      ? []
      : [{ kind: 'group' as const, value: request.ReferencedGroupId, owner: account }]),
  ];
  const [peer] = peers;
  if (peer === undefined) throw missingParameter('peer');
  if (peers.length > 1) throw invalidCombination('A security group rule has exactly one source or destination.');
  return { ...portsOf(request), peer, description: request.Description };
}

/** DescribeSecurityGroupRules and ModifySecurityGroupRules. */
export function ruleOperations(world: World, state: Ec2State): [string, Operation][] {
  const describe = (
    input: DescribeSecurityGroupRulesCommandInput,
    call: Call,
  ): { SecurityGroupRules: RuleView[]; NextToken?: string } => {
    const all = state.scope(call.account, call.region).rules;
    const notFound = (id: string): AwsError => noSuch('rule', id);
    const { page, ...rest } = select({ all, ids: input.SecurityGroupRuleIds, fields, notFound }, input);
    return { SecurityGroupRules: page.map(viewOfRule), ...rest };
  };
  const modify = (input: ModifySecurityGroupRulesCommandInput, call: Call): { Return: boolean } => {
    const scope = state.scope(call.account, call.region);
    const group = groupNamed(scope, input.GroupId);
    const changes = changesOf(group, input, call.account);
    for (const egress of [false, true]) {
      const changed = [...changes].filter(([rule]) => rule.egress === egress);
      const kept = termsTo(group, egress).filter((terms) => !changed.some(([rule]) => rule.terms === terms));
      for (const [, terms] of changed) {
        checkTerms(scope, group, terms, kept);
        kept.push(terms);
      }
      checkRuleQuota(world, group, kept);
    }
    for (const [rule, terms] of changes) rule.terms = terms;
    return { Return: true };
  };
  return [
    operation({
      name: 'DescribeSecurityGroupRules',
      size: 'describe',
      takes: ['SecurityGroupRuleIds', ...selecting],
      run: describe,
      resources: (input) => input.SecurityGroupRuleIds ?? [],
    }),
    operation({
      name: 'ModifySecurityGroupRules',
      size: 'mutate',
      takes: ['GroupId', 'SecurityGroupRules'],
      run: modify,
      resources: (input) => [input.GroupId],
    }),
  ];
}

function changesOf(
  group: SecurityGroup,
  input: ModifySecurityGroupRulesCommandInput,
  account: string,
): ReadonlyMap<SecurityGroupRule, RuleTerms> {
  const changes = new Map<SecurityGroupRule, RuleTerms>();
  for (const { SecurityGroupRuleId: id = '', SecurityGroupRule: request } of input.SecurityGroupRules ?? []) {
    const rule = group.rules.get(id);
    if (rule === undefined) throw noSuch('rule', id);
    if (request !== undefined) changes.set(rule, termsRequested(request, account));
  }
  if (changes.size === 0) throw missingParameter('securityGroupRules');
  return changes;
}
