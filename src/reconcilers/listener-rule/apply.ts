import type { Elb } from '../../aws/ports.ts';
import { CallError } from '../../model/errors.ts';
import type { FieldChange, InventoryResource } from '../../model/resources.ts';
import type { Access, Applied, Created, PlacementContext, RetireStep } from '../contract.ts';
import { answeredArn } from '../fields.ts';
import { elbTagList, markFault } from '../marks.ts';
import type { RuleContent } from './desired.ts';
import type { LiveRule } from './observe.ts';

function actions(desired: RuleContent): Elb.Action[] {
  return [{ Type: 'forward', TargetGroupArn: desired.targetGroupArn }];
}

/** Creates the rule in one attempt. A priority that is taken is either our own lost answer or a stranger: the mark tells. */
export async function createRule(access: Access, context: PlacementContext, desired: RuleContent): Promise<Created> {
  const { elb, views } = access.cell;
  const listener = context.group.listenerArn;
  try {
    const answer = await elb.createRule({
      ListenerArn: listener,
      Priority: desired.priority,
      Conditions: desired.conditions,
      Actions: actions(desired),
      Tags: elbTagList(desired.tags),
    });
    return { outcome: 'created', arn: answeredArn('elbv2', 'createRule', answer.Rules?.[0]?.RuleArn) };
  } catch (error) {
    if (!(error instanceof CallError) || error.class !== 'conflict') throw error;
    return await claim(access, context, desired);
  } finally {
    views.touched(listener);
    views.touched(desired.targetGroupArn);
  }
}

async function claim(access: Access, context: PlacementContext, desired: RuleContent): Promise<Created> {
  const { views } = access.cell;
  views.touched(context.group.listenerArn);
  const rules = (await views.rules(context.group.listenerArn, { maxAgeMs: 0 })) ?? [];
  const rule = rules.find((candidate) => candidate.Priority === String(desired.priority));
  if (rule?.RuleArn === undefined)
    return { outcome: 'stranger', found: `priority ${desired.priority} was taken and is free again` };
  const tags = (await views.tags(rule.RuleArn, { maxAgeMs: 0 })) ?? {};
  const fault = markFault(tags, context);
  return fault === undefined ? { outcome: 'created', arn: rule.RuleArn } : { outcome: 'stranger', found: fault };
}

/** Puts back just what differs; lists are replaced whole. */
export async function updateRule(
  access: Access,
  context: PlacementContext,
  desired: RuleContent,
  live: LiveRule,
  fields: readonly FieldChange[],
): Promise<Applied> {
  const { elb, views } = access.cell;
  const arn = live.rule.RuleArn ?? '';
  const off = new Set(fields.map((change) => change.field));
  try {
    if (off.has('Conditions') || off.has('Actions') || off.has('Transforms')) {
      await elb.modifyRule({
        RuleArn: arn,
        ...(off.has('Conditions') ? { Conditions: desired.conditions } : {}),
        ...(off.has('Actions') ? { Actions: actions(desired) } : {}),
        ...(off.has('Transforms') ? { ResetTransforms: true } : {}),
      });
    }
    if (off.has('RulePriorities')) {
      await elb.setRulePriorities({ RulePriorities: [{ RuleArn: arn, Priority: desired.priority }] });
    }
    if (off.has('Tags')) await elb.addTags({ ResourceArns: [arn], Tags: elbTagList(desired.tags) });
  } finally {
    views.touched(context.group.listenerArn);
    views.touched(arn);
  }
  return {};
}

/** Deletes the rule, if it is still there and ours. */
export async function retireRule(
  access: Access,
  context: PlacementContext,
  entry: InventoryResource,
): Promise<RetireStep> {
  const { elb, views } = access.cell;
  const arn = entry.arn ?? (await findByPriority(access, context, entry));
  if (arn === undefined) return { step: 'gone' };
  const tags = await views.tags(arn, { maxAgeMs: 0 });
  if (tags === undefined) return { step: 'gone' };
  const fault = markFault(tags, context);
  if (fault !== undefined) return entry.arn === undefined ? { step: 'gone' } : { step: 'unmarked', found: fault };
  try {
    await elb.deleteRule({ RuleArn: arn });
  } catch (error) {
    if (!(error instanceof CallError) || error.class !== 'not_found') throw error;
  } finally {
    views.touched(context.group.listenerArn);
    views.touched(arn);
  }
  return { step: 'gone' };
}

async function findByPriority(
  access: Access,
  context: PlacementContext,
  entry: InventoryResource,
): Promise<string | undefined> {
  const rules = (await access.cell.views.rules(context.group.listenerArn, { maxAgeMs: 0 })) ?? [];
  return rules.find((rule) => rule.Priority === entry.name)?.RuleArn;
}
