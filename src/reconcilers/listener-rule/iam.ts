import type { IamNeed } from '../contract.ts';

export const listenerRuleIam: readonly IamNeed[] = [
  { action: 'elasticloadbalancing:DescribeRules', role: 'observe', why: 'read all rules of a listener' },
  { action: 'elasticloadbalancing:DescribeTags', role: 'observe', why: 'see whose a rule is' },
  { action: 'elasticloadbalancing:CreateRule', role: 'apply', why: 'lead requests to the target group of a placement' },
  { action: 'elasticloadbalancing:ModifyRule', role: 'apply', why: 'heal conditions and actions' },
  { action: 'elasticloadbalancing:SetRulePriorities', role: 'apply', why: 'heal the priority' },
  { action: 'elasticloadbalancing:AddTags', role: 'apply', why: 'mark rules when they are created and heal the mark' },
  { action: 'elasticloadbalancing:DeleteRule', role: 'reap', why: 'remove the rule of a placement that is gone' },
];
