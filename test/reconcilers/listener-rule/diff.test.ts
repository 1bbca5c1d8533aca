import { type Action, ModifyRuleInput$, type RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { desiredRule, type RuleContent } from '../../../src/reconcilers/listener-rule/desired.ts';
import { diffRule } from '../../../src/reconcilers/listener-rule/diff.ts';
import type { LiveRule } from '../../../src/reconcilers/listener-rule/observe.ts';
import { contextOf, type Variation } from '../../contract/world.ts';
import { anyCase, anyOrder, foreignTags, known, orAbsent, placementWith } from '../support.ts';

const placement = placementWith({ target_group: 'arn:tg' });
const host = 'acme.example.test';
const routings: NonNullable<Variation['routing']>[] = [
  { scope: 'tenant', by: 'host', host },
  { scope: 'tenant', by: 'path', host, pathPrefix: '/acme' },
  { scope: 'tier', by: 'header', host: 'example.test', header: 'x-tenant-id' },
];
const wants = fc.constantFrom(...routings).map((routing) => known(desiredRule(contextOf(placement, { routing }))));

/** ELB gives conditions back in both forms, in any order; hosts and header names have no case. */
function readBack(condition: RuleCondition): fc.Arbitrary<RuleCondition> {
  const { Field, HostHeaderConfig: hosts, PathPatternConfig: paths, HttpHeaderConfig: header } = condition;
  const form = fc.constantFrom('both', 'config', 'values');
  const shaped = (key: 'HostHeaderConfig' | 'PathPatternConfig', values: fc.Arbitrary<string[]>) =>
    fc.record({ values, form }).map(({ values: Values, form: how }) => ({
      Field,
      ...(how === 'config' ? {} : { Values }),
      ...(how === 'values' ? {} : { [key]: { Values } }),
    }));
  if (hosts !== undefined)
    return shaped('HostHeaderConfig', fc.tuple(...(hosts.Values ?? []).map(anyCase)).chain(anyOrder));
  if (paths !== undefined) return shaped('PathPatternConfig', anyOrder(paths.Values ?? []));
  return anyCase(header?.HttpHeaderName ?? '').map((HttpHeaderName) => ({
    Field,
    HttpHeaderConfig: { HttpHeaderName, Values: header?.Values },
  }));
}

function forwards(arn: string): fc.Arbitrary<Action> {
  const stickiness = fc.constantFrom<object>(
    {},
    { TargetGroupStickinessConfig: { Enabled: false } },
    { TargetGroupStickinessConfig: { Enabled: false, DurationSeconds: 3600 } },
  );
  const config = fc
    .record({ weight: fc.integer({ min: 1, max: 999 }), stickiness, order: orAbsent({ Order: 1 }), arn: fc.boolean() })
    .map((drawn) => ({
      Type: 'forward' as const,
      ...drawn.order,
      ...(drawn.arn ? { TargetGroupArn: arn } : {}),
      ForwardConfig: { TargetGroups: [{ TargetGroupArn: arn, Weight: drawn.weight }], ...drawn.stickiness },
    }));
  return fc.oneof(config, fc.constant({ Type: 'forward' as const, TargetGroupArn: arn }));
}

const situations = wants.chain((desired) =>
  fc.record({
    desired: fc.constant(desired),
    live: fc
      .record({
        conditions: fc.tuple(...desired.conditions.map(readBack)).chain(anyOrder),
        action: forwards(desired.targetGroupArn),
        transforms: orAbsent({ Transforms: [] }),
        others: foreignTags,
      })
      .map(
        ({ conditions, action, transforms, others }): LiveRule => ({
          rule: { ...transforms, Priority: String(desired.priority), Conditions: conditions, Actions: [action] },
          tags: { ...others, ...desired.tags },
          before: [],
        }),
      ),
  }),
);

function fields(desired: RuleContent, live: LiveRule): string[] {
  return diffRule(desired, live).map(({ field }) => field);
}

describe('the difference between a rule and the record', () => {
  it('is nothing, in whatever form ELB gives it back', () => {
    fc.assert(
      fc.property(situations, ({ desired, live }) => {
        expect(diffRule(desired, live)).toEqual([]);
      }),
    );
  });

  it('is its Actions, when they do anything else than forward to the one group', () => {
    const other = [
      { Type: 'forward' as const, TargetGroupArn: 'arn:other' },
      { Type: 'forward' as const, ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'arn:tg', Weight: 0 }] } },
      {
        Type: 'forward' as const,
        ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'arn:tg' }, { TargetGroupArn: 'arn:other', Weight: 0 }] },
      },
      { Type: 'redirect' as const, RedirectConfig: { StatusCode: 'HTTP_301' as const } },
    ];
    fc.assert(
      fc.property(situations, fc.constantFrom(...other), ({ desired, live }, action) => {
        expect(fields(desired, { ...live, rule: { ...live.rule, Actions: [action] } })).toEqual(['Actions']);
      }),
    );
  });

  it('is its Conditions, when one is taken away, added or says something else', () => {
    fc.assert(
      fc.property(situations, fc.nat(), fc.constantFrom('less', 'more', 'other'), ({ desired, live }, at, how) => {
        const conditions = live.rule.Conditions ?? [];
        const less = conditions.filter((_, index) => index !== at % conditions.length);
        const extra = { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET'] } };
        const changed = how === 'more' ? [...conditions, extra] : how === 'less' ? less : [...less, extra];
        expect(fields(desired, { ...live, rule: { ...live.rule, Conditions: changed } })).toEqual(['Conditions']);
      }),
    );
  });

  it('tells paths by their case', () => {
    const routing = { scope: 'tenant', by: 'path', host, pathPrefix: '/acme' } as const;
    const desired = known(desiredRule(contextOf(placement, { routing })));
    const Conditions = [...desired.conditions.slice(0, 1), { Field: 'path-pattern', Values: ['/ACME', '/acme/*'] }];
    const rule = { Priority: '1006', Conditions, Actions: [{ Type: 'forward' as const, TargetGroupArn: 'arn:tg' }] };
    expect(fields(desired, { rule, tags: desired.tags, before: [] })).toEqual(['Conditions']);
  });

  it('looks at every member that ModifyRule and SetRulePriorities take', () => {
    expect([...ModifyRuleInput$[4]].sort()).toEqual([
      'Actions',
      'Conditions',
      'ResetTransforms',
      'RuleArn',
      'Transforms',
    ]);
    fc.assert(
      fc.property(situations, ({ desired, live }) => {
        const Transforms = [{ Type: 'url-rewrite' as const }];
        expect(fields(desired, { ...live, rule: { ...live.rule, Transforms, Priority: '7' } }).sort()).toEqual([
          'RulePriorities',
          'Transforms',
        ]);
      }),
    );
  });
});

describe('the wanted rule', () => {
  it('waits for the target group', () => {
    expect(desiredRule(contextOf())).toEqual({ state: 'waiting', on: 'target_group' });
  });

  it('takes just the tenant and what is below it, never a longer name', () => {
    const routing = { scope: 'tier', by: 'path', host: 'example.test', pathPrefix: '/acme' } as const;
    const { conditions } = known(desiredRule(contextOf(placement, { routing })));
    expect(conditions.at(1)?.PathPatternConfig?.Values).toEqual(['/acme', '/acme/*']);
  });
});
