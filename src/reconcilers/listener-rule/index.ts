import type { ConditionUpdate } from '../../model/conditions.ts';
import { rulePriority } from '../../model/names.ts';
import type { Desired, Observation, PlacementContext, Reconciler } from '../contract.ts';
import { ruleAdoption } from './adopt.ts';
import { createRule, retireRule, updateRule } from './apply.ts';
import { desiredRule, type RuleContent } from './desired.ts';
import { diffRule } from './diff.ts';
import { listenerRuleIam } from './iam.ts';
import { type LiveRule, observeRule } from './observe.ts';
import { shadows } from './shadow.ts';

/** Listener rules: one for each placement, at the priority of its slot. */
export const listenerRule: Reconciler<RuleContent, LiveRule> = {
  kind: 'listener_rule',
  iam: listenerRuleIam,
  name: (context) => String(rulePriority(context.placement.slot)),
  desired: desiredRule,
  observe: observeRule,
  diff: diffRule,
  needsSuccessor: () => false,
  create: createRule,
  update: updateRule,
  retire: retireRule,
  adopt: ruleAdoption,
  conditions: ruleReady,
  signals: (context, observation) => ({ foreign: shadowing(desiredRule(context), observation) }),
};

function ruleReady(
  _context: PlacementContext,
  desired: Desired<RuleContent>,
  observation: Observation<LiveRule>,
): readonly ConditionUpdate[] {
  const type = 'RuleReady';
  const shadowedBy = shadowing(desired, observation);
  if (shadowedBy.length > 0) {
    const message = `a rule that is not ours takes precedence: ${shadowedBy.join(', ')}`;
    return [{ type, status: 'False', reason: 'Shadowed', message }];
  }
  if (observation.state !== 'live' || desired.state !== 'known') {
    return [{ type, status: 'False', reason: 'NotCreated', message: `the rule is ${observation.state}` }];
  }
  const off = diffRule(desired.value, observation.live);
  if (off.length > 0) {
    return [
      {
        type,
        status: 'False',
        reason: 'Differs',
        message: `the rule differs in ${off.map((change) => change.field).join(', ')}`,
      },
    ];
  }
  return [
    { type, status: 'True', reason: 'InPlace', message: `the rule stands at priority ${desired.value.priority}` },
  ];
}

function shadowing(desired: Desired<RuleContent>, observation: Observation<LiveRule>): readonly string[] {
  if (observation.state !== 'live' || desired.state !== 'known') return [];
  return observation.live.before.filter((rule) => shadows(rule, desired.value)).map((rule) => rule.RuleArn ?? '');
}
