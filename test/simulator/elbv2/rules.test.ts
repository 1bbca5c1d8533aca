import type {
  CreateRuleOutput,
  DescribeRulesOutput,
  DescribeTagsOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import {
  createFixture,
  type Fixture,
  listenerArn,
  loadBalancerArn,
  makeGroup,
  makeListener,
  makeRule,
  refusal,
  ruleInput,
} from './fixture.ts';

function rulesOf(fixture: Fixture) {
  return fixture.elb<DescribeRulesOutput>('DescribeRules', { ListenerArn: listenerArn }).Rules ?? [];
}

describe('CreateRule', () => {
  test('describes priority as a string, both forms of a condition, the forward in full, and the default rule last', () => {
    const fixture = createFixture();
    const group = makeGroup(fixture);
    makeRule(fixture, { ...ruleInput('A.example.com', 20, group), Tags: [{ Key: 'k', Value: 'v' }] });
    makeRule(fixture, { ...ruleInput('', 3, group), Conditions: [{ Field: 'path-pattern', Values: ['/acme/*'] }] });
    const [first, second, last] = rulesOf(fixture);
    expect(first).toMatchObject({
      Priority: '3',
      IsDefault: false,
      Conditions: [{ Field: 'path-pattern', Values: ['/acme/*'], PathPatternConfig: { Values: ['/acme/*'] } }],
      Actions: [
        {
          Type: 'forward',
          TargetGroupArn: group,
          ForwardConfig: {
            TargetGroups: [{ TargetGroupArn: group, Weight: 1 }],
            TargetGroupStickinessConfig: { Enabled: false },
          },
        },
      ],
    });
    expect(second).toMatchObject({
      Priority: '20',
      Conditions: [{ Values: ['A.example.com'], HostHeaderConfig: { Values: ['A.example.com'] } }],
    });
    expect(last).toMatchObject({ Priority: 'default', IsDefault: true, Conditions: [] });
    const tags = fixture.elb<DescribeTagsOutput>('DescribeTags', { ResourceArns: [second?.RuleArn] });
    expect(tags.TagDescriptions?.[0]?.Tags).toEqual([{ Key: 'k', Value: 'v' }]);
  });

  test('is not idempotent: the same rule again finds its priority in use', () => {
    const fixture = createFixture();
    const input = ruleInput('a.example.com', 5, makeGroup(fixture));
    makeRule(fixture, input);
    expect(refusal(() => makeRule(fixture, input)).code).toBe('PriorityInUseException');
    expect(() => makeRule(fixture, { ...input, Priority: 6 })).not.toThrow();
  });

  test.each([0, 50_001, 1.5])('refuses priority %d', (priority) => {
    const fixture = createFixture();
    const input = { ...ruleInput('a.example.com', 1, makeGroup(fixture)), Priority: priority };
    expect(refusal(() => makeRule(fixture, input)).code).toBe('ValidationError');
  });

  test('a group belongs to one load balancer', () => {
    const fixture = createFixture();
    const group = makeGroup(fixture);
    const other = loadBalancerArn.replaceAll('shared-1', 'shared-2');
    const otherListener = listenerArn.replaceAll('shared-1', 'shared-2');
    fixture.world.elb.seedLoadBalancer({ arn: other, vpcId: 'vpc-1', subnetIds: [], securityGroupIds: [] });
    fixture.world.elb.seedListener({ arn: otherListener, loadBalancerArn: other });
    const RuleArn = makeRule(fixture, ruleInput('a.example.com', 1, group));
    const there = { ...ruleInput('a.example.com', 1, group), ListenerArn: otherListener };
    expect(refusal(() => makeRule(fixture, there)).code).toBe('TargetGroupAssociationLimitException');
    fixture.elb('DeleteRule', { RuleArn });
    expect(() => makeRule(fixture, there)).not.toThrow();
  });

  test('names target groups that exist, of the same VPC, that HTTP can reach', () => {
    const fixture = createFixture();
    const group = makeGroup(fixture);
    const code = (arn: string, listener = listenerArn) =>
      refusal(() => makeRule(fixture, { ...ruleInput('a.example.com', 1, arn), ListenerArn: listener })).code;
    expect(code(`${group}0`)).toBe('TargetGroupNotFoundException');
    expect(code('group')).toBe('ValidationError');
    expect(code(makeGroup(fixture, 'far', { VpcId: 'vpc-2' }))).toBe('InvalidConfigurationRequestException');
    const http2 = makeGroup(fixture, 'http2', { ProtocolVersion: 'HTTP2' });
    expect(code(http2, makeListener(fixture, {}))).toBe('IncompatibleProtocolsException');
    expect(() => makeRule(fixture, ruleInput('a.example.com', 1, http2))).not.toThrow();
  });

  test('needs a listener, a priority, conditions and actions', () => {
    const fixture = createFixture();
    const input = ruleInput('a.example.com', 1, makeGroup(fixture));
    for (const member of ['ListenerArn', 'Priority', 'Conditions', 'Actions']) {
      const call = () => fixture.elb('CreateRule', { ...input, [member]: undefined });
      expect(refusal(call).code, member).toBe('ValidationError');
    }
    const gone = () => makeRule(fixture, { ...input, ListenerArn: `${listenerArn}0` });
    expect(refusal(gone).code).toBe('ListenerNotFoundException');
  });
});

describe('changing rules', () => {
  test('ModifyRule replaces what it is given as a whole and leaves the rest', () => {
    const fixture = createFixture();
    const group = makeGroup(fixture);
    const input = { ...ruleInput('a.example.com', 1, group) };
    const RuleArn = makeRule(fixture, {
      ...input,
      Conditions: [...(input.Conditions ?? []), { Field: 'path-pattern', Values: ['/a'] }],
    });
    const [before] = rulesOf(fixture);
    const { Rules: [after] = [] } = fixture.elb<CreateRuleOutput>('ModifyRule', {
      RuleArn,
      Conditions: [{ Field: 'path-pattern', Values: ['/b'] }],
    });
    expect(after?.Conditions).toEqual([
      { Field: 'path-pattern', Values: ['/b'], PathPatternConfig: { Values: ['/b'] } },
    ]);
    expect(after?.Actions).toEqual(before?.Actions);
    expect(refusal(() => fixture.elb('ModifyRule', { RuleArn })).code).toBe('ValidationError');
  });

  test('transforms are kept, replaced and reset', () => {
    const fixture = createFixture();
    const rewrite = (Regex: string) => ({
      Type: 'url-rewrite' as const,
      UrlRewriteConfig: { Rewrites: [{ Regex, Replace: '/' }] },
    });
    const input = { ...ruleInput('a.example.com', 1, makeGroup(fixture)), Transforms: [rewrite('^/a')] };
    const RuleArn = makeRule(fixture, input);
    const transforms = () => rulesOf(fixture)[0]?.Transforms;
    expect(transforms()).toEqual([rewrite('^/a')]);
    fixture.elb('ModifyRule', { RuleArn, Transforms: [rewrite('^/b')] });
    expect(transforms()).toEqual([rewrite('^/b')]);
    const both = () => fixture.elb('ModifyRule', { RuleArn, Transforms: [], ResetTransforms: true });
    expect(refusal(both).code).toBe('ValidationError');
    fixture.elb('ModifyRule', { RuleArn, ResetTransforms: true });
    expect(transforms()).toBeUndefined();
  });

  test('SetRulePriorities swaps, and changes nothing when one priority is taken', () => {
    const fixture = createFixture();
    const group = makeGroup(fixture);
    const [a, b, c] = [1, 2, 3].map((n) => makeRule(fixture, ruleInput(`t${n}.example.com`, n, group)));
    const order = () => rulesOf(fixture).map((rule) => rule.RuleArn);
    const set = (...pairs: [string | undefined, number][]) =>
      fixture.elb('SetRulePriorities', { RulePriorities: pairs.map(([RuleArn, Priority]) => ({ RuleArn, Priority })) });
    set([a, 2], [b, 1]);
    expect(order().slice(0, 3)).toEqual([b, a, c]);
    expect(refusal(() => set([a, 7], [b, 3])).code).toBe('PriorityInUseException');
    expect(order().slice(0, 3)).toEqual([b, a, c]);
    for (const attempt of [() => set([a, 7], [b, 7]), () => set([a, 7], [a, 8]), () => set()]) {
      expect(refusal(attempt).code).toBe('ValidationError');
    }
    expect(order().slice(0, 3)).toEqual([b, a, c]);
    set([b, 9]);
    expect(() => makeRule(fixture, ruleInput('t4.example.com', 1, group))).not.toThrow();
  });

  test('the default rule can neither be modified, moved nor deleted', () => {
    const fixture = createFixture();
    const RuleArn = rulesOf(fixture)[0]?.RuleArn;
    const attempts = [
      () => fixture.elb('DeleteRule', { RuleArn }),
      () => fixture.elb('ModifyRule', { RuleArn, Conditions: [{ Field: 'path-pattern', Values: ['/'] }] }),
      () => fixture.elb('SetRulePriorities', { RulePriorities: [{ RuleArn, Priority: 1 }] }),
    ];
    for (const attempt of attempts) expect(refusal(attempt).code).toBe('OperationNotPermittedException');
  });

  test('a deleted rule is not found any more, and frees its priority', () => {
    const fixture = createFixture();
    const input = ruleInput('a.example.com', 1, makeGroup(fixture));
    const RuleArn = makeRule(fixture, input);
    fixture.elb('DeleteRule', { RuleArn });
    expect(refusal(() => fixture.elb('DeleteRule', { RuleArn })).code).toBe('RuleNotFoundException');
    expect(refusal(() => fixture.elb('DescribeRules', { RuleArns: [RuleArn] })).code).toBe('RuleNotFoundException');
    expect(() => makeRule(fixture, input)).not.toThrow();
  });
});

describe('DescribeRules', () => {
  test('pages a listener, or takes 20 ARNs at most, and not both', () => {
    const fixture = createFixture();
    const group = makeGroup(fixture);
    const arns = Array.from({ length: 21 }, (_, i) => makeRule(fixture, ruleInput(`t${i}.example.com`, i + 1, group)));
    const read = (input: object) => fixture.elb<DescribeRulesOutput>('DescribeRules', input);
    const first = read({ ListenerArn: listenerArn, PageSize: 20 });
    expect(first.Rules?.map((rule) => rule.RuleArn)).toEqual(arns.slice(0, 20));
    const rest = read({ ListenerArn: listenerArn, PageSize: 20, Marker: first.NextMarker });
    expect(rest.Rules?.map((rule) => rule.Priority)).toEqual(['21', 'default']);
    expect(rest.NextMarker).toBeUndefined();
    expect(read({ RuleArns: arns.slice(1) }).Rules).toHaveLength(20);
    expect(refusal(() => read({ RuleArns: arns }))).toMatchObject({
      code: 'ValidationError',
      message: "You cannot describe more than '20' listener rules at a time",
    });
    expect(refusal(() => read({})).code).toBe('ValidationError');
    expect(refusal(() => read({ ListenerArn: listenerArn, RuleArns: [arns[0]] })).code).toBe('ValidationError');
    expect(refusal(() => read({ ListenerArn: listenerArn, Marker: 'x' })).code).toBe('ValidationError');
  });
});

describe('tags', () => {
  test('are added and removed on any resource; one bad ARN fails the call', () => {
    const fixture = createFixture();
    const group = makeGroup(fixture);
    const rule = makeRule(fixture, ruleInput('a.example.com', 1, group));
    const ResourceArns = [group, rule, listenerArn, loadBalancerArn];
    const tags = () =>
      fixture
        .elb<DescribeTagsOutput>('DescribeTags', { ResourceArns })
        .TagDescriptions?.map((one) => one.Tags?.map(({ Key, Value }) => `${Key}=${Value}`));
    for (const arn of ResourceArns) {
      fixture.elb('AddTags', { ResourceArns: [arn], Tags: [{ Key: 'a', Value: '1' }] });
    }
    fixture.elb('AddTags', {
      ResourceArns: [group],
      Tags: [
        { Key: 'b', Value: '2' },
        { Key: 'a', Value: '3' },
      ],
    });
    expect(tags()).toEqual([['a=3', 'b=2'], ['a=1'], ['a=1'], ['a=1']]);
    for (const arn of ResourceArns) fixture.elb('RemoveTags', { ResourceArns: [arn], TagKeys: ['a', 'z'] });
    expect(tags()).toEqual([['b=2'], [], [], []]);
    const describe = (arns: string[]) => refusal(() => fixture.elb('DescribeTags', { ResourceArns: arns })).code;
    expect(describe([group, `${rule}0`])).toBe('RuleNotFoundException');
    expect(describe([group, 'group'])).toBe('ValidationError');
    expect(describe(Array.from({ length: 21 }, () => group))).toBe('ValidationError');
    const many = Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}`, Value: '' }));
    expect(refusal(() => fixture.elb('AddTags', { ResourceArns: [group], Tags: many })).code).toBe(
      'TooManyTagsException',
    );
    const twice = [many[0], many[0]];
    expect(refusal(() => fixture.elb('AddTags', { ResourceArns: [group], Tags: twice })).code).toBe(
      'DuplicateTagKeysException',
    );
  });

  test('are written to one resource at a time', () => {
    const fixture = createFixture();
    const ResourceArns = [makeGroup(fixture), loadBalancerArn];
    const attempts = [
      () => fixture.elb('AddTags', { ResourceArns, Tags: [{ Key: 'a', Value: '1' }] }),
      () => fixture.elb('RemoveTags', { ResourceArns, TagKeys: ['a'] }),
    ];
    for (const attempt of attempts) {
      expect(refusal(attempt)).toMatchObject({
        code: 'ValidationError',
        message: 'Only one resource can be tagged at a time',
      });
    }
  });

  test.each([
    ['a key of 129 characters', { Key: 'k'.repeat(129), Value: '' }],
    ['a value of 257 characters', { Key: 'k', Value: 'v'.repeat(257) }],
    ['a key of AWS', { Key: 'aws:k', Value: '' }],
    ['a key with a bracket', { Key: 'k<', Value: '' }],
    ['no key', { Key: '', Value: 'v' }],
  ])('are not taken with %s', (_what, tag) => {
    const fixture = createFixture();
    const add = () => fixture.elb('AddTags', { ResourceArns: [loadBalancerArn], Tags: [tag] });
    expect(refusal(add).code).toBe('ValidationError');
  });
});
