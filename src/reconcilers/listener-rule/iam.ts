import { everything, type IamNeed, type IamScope, marked, requested } from '../../model/iam.ts';
import { elbTagging } from '../iam-scopes.ts';

const newRules: IamScope = {
  sid: 'NewRules',
  resources: ['{listener}'],
  when: requested,
  words: 'our listeners, for rules that get our mark',
};
const ourRules: IamScope = {
  sid: 'OurRules',
  resources: ['{rule}'],
  when: marked,
  words: 'rules of our listeners that bear our mark',
};
/** The reference gives this action no condition key. */
const priorities: IamScope = { sid: 'RulePriorities', resources: ['{rule}'], words: 'rules of our listeners' };

export const listenerRuleIam: readonly IamNeed[] = [
  {
    action: 'elasticloadbalancing:DescribeRules',
    role: 'observe',
    why: 'read all rules of a listener',
    on: [everything],
  },
  { action: 'elasticloadbalancing:DescribeTags', role: 'observe', why: 'see whose a rule is', on: [everything] },
  {
    action: 'elasticloadbalancing:CreateRule',
    role: 'apply',
    why: 'lead requests to the target group of a placement',
    on: [newRules],
  },
  { action: 'elasticloadbalancing:ModifyRule', role: 'apply', why: 'heal conditions and actions', on: [ourRules] },
  { action: 'elasticloadbalancing:SetRulePriorities', role: 'apply', why: 'heal the priority', on: [priorities] },
  {
    action: 'elasticloadbalancing:AddTags',
    role: 'apply',
    why: 'mark rules when they are created and heal the mark',
    on: elbTagging,
  },
  {
    action: 'elasticloadbalancing:DeleteRule',
    role: 'reap',
    why: 'remove the rule of a placement that is gone',
    on: [ourRules],
  },
];
