import type {
  UpdateSecurityGroupRuleDescriptionsEgressCommandInput,
  UpdateSecurityGroupRuleDescriptionsIngressCommandInput,
} from '@aws-sdk/client-ec2';
import type { Call, Operation } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import { invalidCombination, missingParameter, noSuch } from './errors.ts';
import { operation } from './operation.ts';
import { keyOf, permissionMembers, termsOf } from './permissions.ts';
import { groupNamed } from './security-groups.ts';
import type { Ec2State, SecurityGroup, SecurityGroupRule } from './state.ts';

type Input =
  | UpdateSecurityGroupRuleDescriptionsIngressCommandInput
  | UpdateSecurityGroupRuleDescriptionsEgressCommandInput;

/** UpdateSecurityGroupRuleDescriptionsIngress and -Egress: the only change that an older client makes to a rule. */
export function ruleDescriptionOperations(state: Ec2State): [string, Operation][] {
  const update = (input: Input, call: Call, egress: boolean): { Return: boolean } => {
    const group = groupNamed(state.scope(call.account, call.region), input.GroupId);
    for (const [rule, description] of described(group, input, call, egress)) {
      rule.terms = { ...rule.terms, description };
    }
    return { Return: true };
  };
  const takes = [
    ...['GroupId', 'SecurityGroupRuleDescriptions'],
    ...permissionMembers.map((member) => `IpPermissions.${member}`),
  ];
  return [true, false].map((egress) =>
    operation({
      name: `UpdateSecurityGroupRuleDescriptions${egress ? 'Egress' : 'Ingress'}`,
      size: 'mutate',
      takes,
      run: (input: Input, call) => update(input, call, egress),
      resources: (input) => [input.GroupId],
    }),
  );
}

/** The rules that a call names, by id or by what they say, and what they are to be described as; nothing takes the description away. */
function described(
  group: SecurityGroup,
  input: Input,
  call: Call,
  egress: boolean,
): readonly (readonly [SecurityGroupRule, string | undefined])[] {
  const byId = input.SecurityGroupRuleDescriptions ?? [];
  const permissions = input.IpPermissions ?? [];
  if (byId.length > 0 && permissions.length > 0) {
    throw invalidCombination('You may specify either security group rule descriptions or IP permissions, not both.');
  }
  if (byId.length + permissions.length === 0) throw missingParameter('ipPermissions');
  const rules = [...group.rules.values()].filter((rule) => rule.egress === egress);
  const named = byId.map(({ SecurityGroupRuleId: id = '', Description }) => {
    const rule = rules.find((candidate) => candidate.id === id);
    if (rule === undefined) throw noSuch('rule', id);
    return [rule, Description] as const;
  });
  const said = permissions.flatMap((permission) => termsOf(permission, call.account));
  return [
    ...named,
    ...said.map((terms) => {
      const rule = rules.find((candidate) => keyOf(candidate.terms) === keyOf(terms));
      if (rule !== undefined) return [rule, terms.description] as const;
      throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
    }),
  ];
}
