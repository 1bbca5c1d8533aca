import type { DescribeAccountLimitsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import type { QuotaName } from '../../../src/simulator/quotas/definitions.ts';
import {
  account,
  certificate,
  createFixture,
  type Fixture,
  listenerArn,
  makeGroup,
  makeListener,
  makeLoadBalancer,
  makeRule,
  refusal,
  region,
  ruleInput,
} from './fixture.ts';

function setQuota(fixture: Fixture, quota: QuotaName, value: number): void {
  fixture.world.quotas.set({ account, region }, quota, value);
}

function register(fixture: Fixture, TargetGroupArn: string, ...ids: string[]): object {
  return fixture.elb('RegisterTargets', { TargetGroupArn, Targets: ids.map((Id) => ({ Id })) });
}

describe('the quotas of load balancing', () => {
  test('DescribeAccountLimits shows the applied values, by page', () => {
    const fixture = createFixture();
    const limits = (input: object = {}) =>
      fixture
        .elb<DescribeAccountLimitsOutput>('DescribeAccountLimits', input)
        .Limits?.map((one) => [one.Name, one.Max]);
    const shown = limits() ?? [];
    expect(Object.fromEntries(shown)).toEqual({
      'application-load-balancers': '50',
      'certificates-per-application-load-balancer': '25',
      'condition-values-per-alb-rule': '5',
      'condition-wildcards-per-alb-rule': '5',
      'listeners-per-application-load-balancer': '50',
      'rules-per-application-load-balancer': '100',
      'target-groups': '3000',
      'target-groups-per-action-on-application-load-balancer': '5',
      'target-groups-per-application-load-balancer': '100',
      'target-id-registrations-per-application-load-balancer': '1000',
      'targets-per-application-load-balancer': '1000',
      'targets-per-target-group': '1000',
    });
    expect(limits({ PageSize: 3 })).toEqual(shown.slice(0, 3));
    setQuota(fixture, 'rulesPerLoadBalancer', 200);
    expect(Object.fromEntries(limits() ?? [])).toMatchObject({ 'rules-per-application-load-balancer': '200' });
  });

  test('load balancers of a Region', () => {
    const fixture = createFixture();
    setQuota(fixture, 'loadBalancers', 2);
    makeLoadBalancer(fixture, 'two');
    expect(refusal(() => makeLoadBalancer(fixture, 'three')).code).toBe('TooManyLoadBalancersException');
  });

  test('listeners of a load balancer', () => {
    const fixture = createFixture();
    setQuota(fixture, 'listenersPerLoadBalancer', 2);
    makeListener(fixture, {});
    expect(refusal(() => makeListener(fixture, { Port: 81 })).code).toBe('TooManyListenersException');
    expect(() => makeListener(fixture, {})).not.toThrow();
  });

  test('rules of a load balancer, over all its listeners, default rules apart', () => {
    const fixture = createFixture();
    setQuota(fixture, 'rulesPerLoadBalancer', 2);
    const group = makeGroup(fixture);
    const second = makeListener(fixture, {});
    const rule = (priority: number, ListenerArn = listenerArn) =>
      makeRule(fixture, { ...ruleInput('a.example.com', priority, group), ListenerArn });
    const RuleArn = rule(1);
    rule(1, second);
    expect(refusal(() => rule(2)).code).toBe('TooManyRulesException');
    fixture.elb('DeleteRule', { RuleArn });
    expect(() => rule(2)).not.toThrow();
  });

  test('unique target groups of a load balancer, those of default actions too: 100', () => {
    const fixture = createFixture();
    setQuota(fixture, 'rulesPerLoadBalancer', 200);
    const groups = Array.from({ length: 101 }, (_, i) => makeGroup(fixture, `cw-${i}`));
    const DefaultActions = [{ Type: 'forward' as const, TargetGroupArn: groups[0] }];
    makeListener(fixture, { DefaultActions });
    const rules = groups.slice(1, 100).map((group, i) => makeRule(fixture, ruleInput(`t${i}.a.com`, i + 1, group)));
    const another = (priority: number, group = groups[100] ?? '') =>
      makeRule(fixture, ruleInput('more.example.com', priority, group));
    expect(refusal(() => another(200)).code).toBe('TooManyUniqueTargetGroupsPerLoadBalancerException');
    expect(() => another(200, groups[1])).not.toThrow();
    const swap = (RuleArn: string | undefined) =>
      fixture.elb('ModifyRule', { RuleArn, Actions: [{ Type: 'forward', TargetGroupArn: groups[100] }] });
    expect(refusal(() => swap(rules[0])).code).toBe('TooManyUniqueTargetGroupsPerLoadBalancerException');
    // The second rule is the only user of its group, which makes room.
    expect(() => swap(rules[1])).not.toThrow();
  });

  test('targets of a group', () => {
    const fixture = createFixture();
    setQuota(fixture, 'targetsPerTargetGroup', 2);
    const group = makeGroup(fixture);
    register(fixture, group, '10.0.0.1');
    expect(refusal(() => register(fixture, group, '10.0.0.1', '10.0.0.2', '10.0.0.3')).code).toBe(
      'TooManyTargetsException',
    );
    expect(() => register(fixture, group, '10.0.0.1', '10.0.0.2')).not.toThrow();
  });

  test('targets of a load balancer, whether they come before their group or after it', () => {
    const fixture = createFixture();
    setQuota(fixture, 'targetsPerLoadBalancer', 2);
    const [a, b] = [makeGroup(fixture, 'a'), makeGroup(fixture, 'b')];
    register(fixture, a, '10.0.0.1', '10.0.0.2');
    makeRule(fixture, ruleInput('a.example.com', 1, a));
    expect(refusal(() => register(fixture, a, '10.0.0.3')).code).toBe('TooManyTargetsException');
    register(fixture, b, '10.0.0.3');
    expect(refusal(() => makeRule(fixture, ruleInput('b.example.com', 2, b))).code).toBe('TooManyTargetsException');
    fixture.elb('DeregisterTargets', { TargetGroupArn: b, Targets: [{ Id: '10.0.0.3' }] });
    expect(() => makeRule(fixture, ruleInput('b.example.com', 2, b))).not.toThrow();
  });

  test('registrations of one target with a load balancer', () => {
    const fixture = createFixture();
    setQuota(fixture, 'registrationsPerTarget', 2);
    const group = makeGroup(fixture);
    makeRule(fixture, ruleInput('a.example.com', 1, group));
    const at = (...ports: number[]) =>
      fixture.elb('RegisterTargets', {
        TargetGroupArn: group,
        Targets: ports.map((Port) => ({ Id: '10.0.0.1', Port })),
      });
    expect(refusal(() => at(1, 2, 3)).code).toBe('TooManyRegistrationsForTargetIdException');
    at(1, 2);
    expect(refusal(() => at(3)).code).toBe('TooManyRegistrationsForTargetIdException');
    expect(() => register(fixture, group, '10.0.0.2')).not.toThrow();
  });

  test('target groups, condition values and wildcards of one rule', () => {
    const fixture = createFixture();
    const groups = Array.from({ length: 6 }, (_, i) => makeGroup(fixture, `cw-${i}`));
    const to = (n: number) =>
      makeRule(fixture, {
        ...ruleInput('a.example.com', n, ''),
        Actions: [
          {
            Type: 'forward',
            ForwardConfig: {
              TargetGroups: groups.slice(0, n).map((TargetGroupArn) => ({ TargetGroupArn, Weight: 1 })),
            },
          },
        ],
      });
    const paths = (n: number, pattern: string) =>
      makeRule(fixture, {
        ...ruleInput('a.example.com', 100 + n, groups[0] ?? ''),
        Conditions: [
          { Field: 'path-pattern', PathPatternConfig: { Values: Array.from({ length: n }, () => pattern) } },
        ],
      });
    expect(refusal(() => to(6)).code).toBe('TooManyTargetGroupsException');
    setQuota(fixture, 'targetGroupsPerAction', 6);
    expect(() => to(6)).not.toThrow();
    setQuota(fixture, 'conditionValuesPerRule', 1);
    setQuota(fixture, 'wildcardsPerRule', 1);
    expect(refusal(() => paths(2, '/a'))).toMatchObject({
      code: 'ValidationError',
      message: "A rule can only have '1' condition values",
    });
    expect(refusal(() => paths(1, '/*/*')).code).toBe('ValidationError');
    expect(() => paths(1, '/*')).not.toThrow();
  });

  test('certificates of a load balancer, default ones apart', () => {
    const fixture = createFixture();
    setQuota(fixture, 'certificatesPerLoadBalancer', 1);
    const add = (ListenerArn: string, n: number) =>
      fixture.elb('AddListenerCertificates', { ListenerArn, Certificates: [{ CertificateArn: certificate(n) }] });
    const Certificates = [{ CertificateArn: certificate(1) }];
    const second = makeListener(fixture, { Protocol: 'HTTPS', Port: 8443, Certificates });
    add(listenerArn, 2);
    expect(refusal(() => add(second, 3)).code).toBe('TooManyCertificatesException');
    expect(() => add(listenerArn, 2)).not.toThrow();
  });

  test('tags of a resource: 50', () => {
    const fixture = createFixture();
    const tags = (n: number) => Array.from({ length: n }, (_, i) => ({ Key: `k${i}`, Value: '' }));
    expect(() => makeGroup(fixture, 'fifty', { Tags: tags(50) })).not.toThrow();
    expect(refusal(() => makeGroup(fixture, 'more', { Tags: tags(51) })).code).toBe('TooManyTagsException');
  });
});
