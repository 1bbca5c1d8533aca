import type { Elb } from '../../aws/ports.ts';
import { rulePriority } from '../../model/names.ts';
import type { Access, Observation, ObserveOptions, PlacementContext } from '../contract.ts';
import { markFault } from '../marks.ts';

export interface LiveRule {
  readonly rule: Elb.Rule;
  readonly tags: Readonly<Record<string, string>>;
  /** Rules of the listener that come before ours, to tell whether one takes its requests. */
  readonly before: readonly Elb.Rule[];
}

/** Reads the whole listener, which costs one call for all its tenants; a rule is found by its ARN, or by its priority where a create was never answered. */
export async function observeRule(
  access: Access,
  context: PlacementContext,
  options: ObserveOptions,
): Promise<Observation<LiveRule>> {
  const entry = context.placement.resources.listener_rule;
  if (entry === undefined) return { state: 'absent' };
  const { views } = access.cell;
  const rules = (await views.rules(context.group.listenerArn, { maxAgeMs: options.driftAgeMs })) ?? [];
  const rule = rules.find((candidate) =>
    entry.arn === undefined
      ? candidate.Priority === String(rulePriority(context.placement.slot))
      : candidate.RuleArn === entry.arn,
  );
  if (rule?.RuleArn === undefined) return { state: 'absent' };
  const arn = rule.RuleArn;
  const tags = await views.tags(arn, { maxAgeMs: options.driftAgeMs });
  if (tags === undefined) return { state: 'absent' };
  const fault = markFault(tags, context);
  if (fault === undefined)
    return { state: 'live', live: { rule, tags, before: rules.slice(0, rules.indexOf(rule)) }, arn };
  return entry.arn === undefined ? { state: 'stranger', arn, found: fault } : { state: 'unmarked', arn, found: fault };
}
