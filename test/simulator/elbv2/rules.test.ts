import type {
  CreateRuleOutput,
  DescribeListenersOutput,
  DescribeLoadBalancersOutput,
  DescribeRulesOutput,
  DescribeTagsOutput,
  RuleCondition,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import {
  account,
  createFixture,
  type Fixture,
  listenerArn,
  loadBalancerArn,
  makeGroup,
  makeRule,
  refusal,
  region,
  ruleInput,
} from './fixture.ts';

function rulesOf(fixture: Fixture) {
  return fixture.elb<DescribeRulesOutput>('DescribeRules', { ListenerArn: listenerArn }).Rules ?? [];
}

function withConditions(fixture: Fixture, conditions: RuleCondition[], priority = 1) {
  return { ...ruleInput('unused.example.com', priority, makeGroup(fixture)), Conditions: conditions };
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

  const host = (...Values: string[]): RuleCondition => ({ Field: 'host-header', HostHeaderConfig: { Values } });
  const path = (...Values: string[]): RuleCondition => ({ Field: 'path-pattern', PathPatternConfig: { Values } });
  const header = (...Values: string[]): RuleCondition => ({
    Field: 'http-header',
    HttpHeaderConfig: { HttpHeaderName: 'x-tenant-id', Values },
  });
  test.each<[string, RuleCondition[]]>([
    ['no condition', []],
    ['an unknown field', [{ Field: 'cookie', Values: ['a'] }]],
    ['two host conditions', [host('a.example.com'), host('b.example.com')]],
    ['six values', [host('a.b', 'c.d', 'e.f'), path('/1', '/2', '/3')]],
    ['four values in one condition', [path('/1', '/2', '/3', '/4')]],
    ['six wildcards', [path('/*/*', '/*/*', '/*/*')]],
    ['a host without a dot', [host('localhost')]],
    ['a host that ends with a digit', [host('a.example.c0m')]],
    ['a host with an underscore', [host('a_b.example.com')]],
    ['a path with a backslash', [path('/a\\b')]],
    ['a path of 129 characters', [path(`/${'a'.repeat(128)}`)]],
    ['a header named Host', [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'Host', Values: ['a'] } }]],
    ['a header without values', [header()]],
    ['both forms of values', [{ ...host('a.example.com'), Values: ['b.example.com'] }]],
  ])('refuses %s', (_what, conditions) => {
    const fixture = createFixture();
    expect(refusal(() => makeRule(fixture, withConditions(fixture, conditions))).code).toBe('ValidationError');
    expect(rulesOf(fixture)).toHaveLength(1);
  });

  test('takes five values and five wildcards, and several header conditions', () => {
    const fixture = createFixture();
    const conditions = [path('/*/*', '/*'), header('a*'), header('b*'), host('a.example.com')];
    expect(() => makeRule(fixture, withConditions(fixture, conditions))).not.toThrow();
  });

  test.each([0, 50_001, 1.5])('refuses priority %d', (priority) => {
    const fixture = createFixture();
    const input = { ...ruleInput('a.example.com', 1, makeGroup(fixture)), Priority: priority };
    expect(refusal(() => makeRule(fixture, input)).code).toBe('ValidationError');
  });

  test('stops at the quotas on rules and on unique target groups', () => {
    const fixture = createFixture();
    const groups = Array.from({ length: 101 }, (_, i) => makeGroup(fixture, `cw-${i}`));
    for (let i = 0; i < 100; i++) makeRule(fixture, ruleInput(`t${i}.example.com`, i + 1, groups[i] ?? ''));
    const another = (priority: number, group = groups[100] ?? '') =>
      makeRule(fixture, ruleInput('more.example.com', priority, group));
    expect(refusal(() => another(200)).code).toBe('TooManyRulesException');
    fixture.world.quotas.set({ account, region }, 'rulesPerLoadBalancer', 200);
    expect(refusal(() => another(200)).code).toBe('TooManyUniqueTargetGroupsPerLoadBalancerException');
    expect(() => another(200, groups[0])).not.toThrow();
    const [first, second] = rulesOf(fixture);
    const swap = { RuleArn: first?.RuleArn, Actions: [{ Type: 'forward', TargetGroupArn: groups[100] }] };
    expect(refusal(() => fixture.elb('ModifyRule', swap)).code).toBe(
      'TooManyUniqueTargetGroupsPerLoadBalancerException',
    );
    // The second rule is the only user of its group, which makes room.
    expect(() => fixture.elb('ModifyRule', { ...swap, RuleArn: second?.RuleArn })).not.toThrow();
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

  test('actions need one routing action, with target groups that exist', () => {
    const fixture = createFixture();
    const input = ruleInput('a.example.com', 1, makeGroup(fixture));
    const code = (Actions: object[]) => refusal(() => fixture.elb('CreateRule', { ...input, Actions })).code;
    expect(code([])).toBe('ValidationError');
    expect(code([{ Type: 'teleport' }])).toBe('ValidationError');
    expect(code([input.Actions?.[0] ?? {}, input.Actions?.[0] ?? {}])).toBe('TooManyActionsException');
    expect(code([{ Type: 'forward', TargetGroupArn: `${makeGroup(fixture)}0` }])).toBe('TargetGroupNotFoundException');
    expect(code([{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '302' } }])).toBe('ValidationError');
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

describe('tags', () => {
  test('are added and removed on any resource; one bad ARN fails the call', () => {
    const fixture = createFixture();
    const group = makeGroup(fixture);
    const rule = makeRule(fixture, ruleInput('a.example.com', 1, group));
    const ResourceArns = [group, rule, listenerArn, loadBalancerArn];
    fixture.elb('AddTags', { ResourceArns, Tags: [{ Key: 'a', Value: '1' }] });
    fixture.elb('AddTags', { ResourceArns: [group], Tags: [{ Key: 'b', Value: '2' }] });
    fixture.elb('RemoveTags', { ResourceArns, TagKeys: ['a'] });
    const { TagDescriptions } = fixture.elb<DescribeTagsOutput>('DescribeTags', { ResourceArns });
    expect(TagDescriptions?.map((one) => one.Tags)).toEqual([[{ Key: 'b', Value: '2' }], [], [], []]);
    const describe = (arns: string[]) => refusal(() => fixture.elb('DescribeTags', { ResourceArns: arns })).code;
    expect(describe([group, `${rule}0`])).toBe('RuleNotFoundException');
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
});

describe('load balancers and listeners', () => {
  const create = { Name: 'made', Subnets: ['subnet-a', 'subnet-b'], SecurityGroups: ['sg-1'] };

  test('a created one provisions, has the names that AWS gives, and is idempotent with the same settings', () => {
    const fixture = createFixture();
    const output = fixture.elb<DescribeLoadBalancersOutput>('CreateLoadBalancer', create);
    const made = output.LoadBalancers?.[0];
    expect(made).toMatchObject({ CanonicalHostedZoneId: 'Z35SXDOTRQ7X7K', VpcId: 'vpc-1', IpAddressType: 'ipv4' });
    expect(made?.DNSName).toMatch(/^made-\d{9,10}\.us-east-1\.elb\.amazonaws\.com$/);
    expect(made?.State?.Code).toBe('provisioning');
    expect(fixture.elb('CreateLoadBalancer', create)).toEqual(output);
    expect(refusal(() => fixture.elb('CreateLoadBalancer', { ...create, Scheme: 'internal' })).code).toBe(
      'DuplicateLoadBalancerNameException',
    );
    fixture.world.advance(150);
    const { LoadBalancers: [after] = [] } = fixture.elb<DescribeLoadBalancersOutput>('DescribeLoadBalancers', {
      Names: ['made'],
    });
    expect(after?.State?.Code).toBe('active');
    const LoadBalancerArn = after?.LoadBalancerArn;
    fixture.elb('DeleteLoadBalancer', { LoadBalancerArn });
    expect(() => fixture.elb('DeleteLoadBalancer', { LoadBalancerArn })).not.toThrow();
    expect(refusal(() => fixture.elb('DescribeLoadBalancers', { LoadBalancerArns: [LoadBalancerArn] })).code).toBe(
      'LoadBalancerNotFoundException',
    );
  });

  test('deleting a load balancer or a listener lets its target groups go', () => {
    const fixture = createFixture({ latencyFactor: 0 });
    const group = makeGroup(fixture);
    makeRule(fixture, ruleInput('a.example.com', 1, group));
    expect(fixture.world.elb.targetGroup(group)?.attached).toBe(true);
    fixture.elb('DeleteListener', { ListenerArn: listenerArn });
    expect(fixture.world.elb.targetGroup(group)?.attached).toBe(false);
    expect(refusal(() => fixture.elb('DescribeRules', { ListenerArn: listenerArn })).code).toBe(
      'ListenerNotFoundException',
    );
    expect(() => fixture.elb('DeleteTargetGroup', { TargetGroupArn: group })).not.toThrow();
  });

  test('a listener takes one port, and its default action can be changed', () => {
    const fixture = createFixture();
    const fixed = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '410' } };
    const input = { LoadBalancerArn: loadBalancerArn, Protocol: 'HTTP', Port: 80, DefaultActions: [fixed] };
    const made = fixture.elb<DescribeListenersOutput>('CreateListener', input);
    expect(fixture.elb('CreateListener', input)).toEqual(made);
    const other = { ...input, DefaultActions: [{ ...fixed, FixedResponseConfig: { StatusCode: '404' } }] };
    expect(refusal(() => fixture.elb('CreateListener', other)).code).toBe('DuplicateListenerException');
    expect(refusal(() => fixture.elb('CreateListener', { ...input, Port: 8443, Protocol: 'HTTPS' })).code).toBe(
      'ValidationError',
    );
    fixture.elb('ModifyListener', { ListenerArn: listenerArn, DefaultActions: [fixed] });
    const { Listeners } = fixture.elb<DescribeListenersOutput>('DescribeListeners', {
      LoadBalancerArn: loadBalancerArn,
    });
    expect(Listeners?.map((one) => one.DefaultActions?.[0]?.FixedResponseConfig?.StatusCode)).toEqual(['410', '410']);
  });

  test('a wrong ARN in a fleet file is refused by name', () => {
    const fixture = createFixture();
    const seed = { vpcId: 'vpc-1', subnetIds: [], securityGroupIds: [] };
    expect(() => fixture.world.elb.seedLoadBalancer({ ...seed, arn: 'shared' })).toThrow(/'shared'; expected arn:/);
    expect(() => fixture.world.elb.seedListener({ arn: `${listenerArn}/x/y`, loadBalancerArn: 'none' })).toThrow(
      /none/,
    );
  });
});

describe('throttling', () => {
  test('the account bucket of 40 is shared by all actions, and 20 writes exhaust the bucket of writes', () => {
    const fixture = createFixture({ throttle: true });
    const modify = () => fixture.elb('AddTags', { ResourceArns: [listenerArn], Tags: [{ Key: 'a', Value: 'b' }] });
    const read = () => fixture.elb('DescribeRules', { ListenerArn: listenerArn });
    for (let i = 0; i < 20; i++) modify();
    expect(refusal(modify)).toMatchObject({ code: 'ThrottlingException', message: 'Rate exceeded' });
    for (let i = 0; i < 20; i++) read();
    expect(refusal(read).code).toBe('ThrottlingException');
    fixture.world.advance(1);
    for (let i = 0; i < 3; i++) modify();
    expect(refusal(modify).code).toBe('ThrottlingException');
    for (let i = 0; i < 7; i++) read();
    expect(refusal(read).code).toBe('ThrottlingException');
  });
});
