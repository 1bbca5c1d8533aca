import type { Elb } from '../../aws/ports.ts';
import type { FieldChange } from '../../model/resources.ts';
import { fieldChanges } from '../fields.ts';
import { tagChanges } from '../marks.ts';
import type { RuleContent } from './desired.ts';
import type { LiveRule } from './observe.ts';

/** Conditions, Actions and Transforms (ModifyRule), RulePriorities (SetRulePriorities) and Tags that are not as desired. */
export function diffRule(desired: RuleContent, live: LiveRule): readonly FieldChange[] {
  const wanted = {
    Conditions: canonicalConditions(desired.conditions),
    Actions: [`forward ${desired.targetGroupArn}`],
    Transforms: undefined,
    RulePriorities: String(desired.priority),
  };
  const found = {
    Conditions: canonicalConditions(live.rule.Conditions ?? []),
    Actions: (live.rule.Actions ?? []).map(canonicalAction),
    Transforms: live.rule.Transforms,
    RulePriorities: live.rule.Priority,
  };
  return [...fieldChanges(wanted, found), ...tagChanges('Tags', live.tags, desired.tags)];
}

/**
 * A condition as sorted text. AWS returns the values of a condition twice (`Values` and the field's own config) and in no order that means anything; hosts
 * compare without case, paths with it.
 */
export function canonicalConditions(conditions: readonly Elb.RuleCondition[]): readonly string[] {
  return conditions.map(canonicalCondition).sort();
}

function canonicalCondition(condition: Elb.RuleCondition): string {
  const { Field, HostHeaderConfig, PathPatternConfig, HttpHeaderConfig, Values, RegexValues, ...rest } = condition;
  const values = HostHeaderConfig?.Values ?? PathPatternConfig?.Values ?? HttpHeaderConfig?.Values ?? Values ?? [];
  const regexes =
    HostHeaderConfig?.RegexValues ??
    PathPatternConfig?.RegexValues ??
    HttpHeaderConfig?.RegexValues ??
    RegexValues ??
    [];
  const cased = Field === 'host-header' ? values.map((value) => value.toLowerCase()) : [...values];
  return JSON.stringify({
    field: Field,
    header: HttpHeaderConfig?.HttpHeaderName?.toLowerCase(),
    values: cased.sort(),
    regexes: regexes.length === 0 ? undefined : [...regexes].sort(),
    rest: Object.values(rest).every((value) => value === undefined) ? undefined : rest,
  });
}

/** A forward to one group is written in two ways, with or without a ForwardConfig. The weight of a single group means nothing, unless it is 0: off. */
function canonicalAction(action: Elb.Action): string {
  const groups = action.ForwardConfig?.TargetGroups ?? [];
  const only = groups.length <= 1 ? (groups[0]?.TargetGroupArn ?? action.TargetGroupArn) : undefined;
  const sticky = action.ForwardConfig?.TargetGroupStickinessConfig?.Enabled === true;
  const off = groups.some((group) => group.Weight === 0);
  if (action.Type === 'forward' && only !== undefined && !sticky && !off) return `forward ${only}`;
  const { Order: _order, ...rest } = action;
  return JSON.stringify(rest);
}
