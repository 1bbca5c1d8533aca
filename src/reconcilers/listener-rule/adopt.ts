import type { Elb } from '../../aws/ports.ts';
import { adoptable, heldBack, othersMark } from '../adopting.ts';
import type { Adoptable, Adoption, PlacementContext } from '../contract.ts';
import { elbTagList, ourTags, tagChanges } from '../marks.ts';
import type { RuleContent } from './desired.ts';
import { diffRule } from './diff.ts';
import type { LiveRule } from './observe.ts';
import { shadows } from './shadow.ts';

/**
 * A rule at the placement's priority, which becomes the placement's own; or one that comes first and takes the tenant's requests. That one is not changed: requests would meet an empty target group. It becomes a
 * superseded rule of the placement, and goes once ours serves.
 */
export const ruleAdoption: Adoption<RuleContent, LiveRule, PlacementContext> = {
  find: async (access, context, { desired, observation, serves }, arns) => {
    const { views } = access.cell;
    const rules = (await views.rules(context.group.listenerArn, { maxAgeMs: 0 })) ?? [];
    const found: Adoptable[] = [];
    for (const rule of rules) {
      const arn = rule.RuleArn ?? '';
      if (!arns.includes(arn)) continue;
      const tags = (await views.tags(arn, { maxAgeMs: 0 })) ?? {};
      if (heldBack(observation, [arn]) !== undefined) {
        const before = rules.slice(0, rules.indexOf(rule));
        const changes = desired.state === 'known' ? diffRule(desired.value, { rule, tags, before }) : undefined;
        found.push(adoptable(context, { arn, words: wordsOf(rule), tags }, 'Tags', changes));
      } else if (observation.state === 'live' && observation.arn !== arn && desired.state === 'known')
        found.push(besideOurs(context, { rule, tags, desired: desired.value, observation, serves }));
    }
    return found;
  },
  take: async (access, context, _desired, found) => {
    for (const { arn } of found) {
      await access.cell.elb.addTags({ ResourceArns: [arn], Tags: elbTagList(ourTags(context)) });
      access.cell.views.touched(arn);
      access.cell.views.touched(context.group.listenerArn);
    }
    return {};
  },
};

interface Beside {
  readonly rule: Elb.Rule;
  readonly tags: Readonly<Record<string, string>>;
  readonly desired: RuleContent;
  readonly observation: { readonly live: LiveRule };
  readonly serves: boolean;
}

function besideOurs(context: PlacementContext, { rule, tags, desired, observation, serves }: Beside): Adoptable {
  const arn = rule.RuleArn ?? '';
  const base = {
    arn,
    found: wordsOf(rule),
    becomes: 'retired',
    fields: tagChanges('Tags', tags, ourTags(context)),
  } as const;
  const refusal = refusalOf(rule, othersMark(context, tags), {
    takes: observation.live.before.some(({ RuleArn }) => RuleArn === arn) && shadows(rule, desired),
  });
  if (refusal !== undefined) return { ...base, fields: [], refusal };
  const then = `ours stands at priority ${desired.priority} and takes its requests: it is deleted once ours serves`;
  const waits = 'targets of the tenant to be healthy';
  return { ...base, then, ...(serves ? {} : { waits }) };
}

function refusalOf(rule: Elb.Rule, others: string | undefined, found: { takes: boolean }): string | undefined {
  if (rule.IsDefault === true) return "a listener's default rule stays as it is: change it by hand";
  if (others !== undefined) return others;
  if (!found.takes)
    return "it takes no request of this tenant's, as its conditions differ or ours comes first: nothing of it is needed; delete it by hand if it is in the way";
  return undefined;
}

function wordsOf(rule: Elb.Rule): string {
  const conditions = (rule.Conditions ?? []).map(
    ({ Field = '', Values, HostHeaderConfig, PathPatternConfig }) =>
      `${Field} ${(HostHeaderConfig?.Values ?? PathPatternConfig?.Values ?? Values ?? []).join(' or ')}`,
  );
  const actions = (rule.Actions ?? []).map(({ Type }) => Type ?? '');
  return `rule at priority ${rule.Priority ?? '?'} for ${conditions.join(' and ') || 'everything'}: ${actions.join(', ')}`;
}
