import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseConditions } from '../../../src/simulator/elbv2/conditions.ts';
import { globMatches, matchingRule } from '../../../src/simulator/elbv2/matching.ts';
import { createFixture, listenerArn, loadBalancerArn, makeGroup, makeRule, ruleInput } from './fixture.ts';

describe('patterns', () => {
  test('match as the regular expression that they stand for', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '/'), maxLength: 8 });
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 });
    fc.assert(
      fc.property(letters, texts, (pattern, text) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
        expect(globMatches(pattern, text)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('rules', () => {
  const rule = (arn: string, conditions: Parameters<typeof normaliseConditions>[0]) => ({
    arn,
    conditions: normaliseConditions(conditions),
    actions: [],
  });
  const match = (conditions: Parameters<typeof normaliseConditions>[0], request: object) =>
    matchingRule([rule('hit', conditions)], { host: 'a.example.com', path: '/', headers: {}, ...request })?.arn ===
    'hit';

  test('hosts in any letter case, paths exactly, without query', () => {
    const host = [{ Field: 'host-header', Values: ['A.Example.com'] }];
    expect(match(host, { host: 'a.eXample.com:443' })).toBe(true);
    expect(match(host, { host: 'b.example.com' })).toBe(false);
    const path = [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/acme', '/acme/*'] } }];
    expect(match(path, { path: '/acme' })).toBe(true);
    expect(match(path, { path: '/acme/x?y=/z' })).toBe(true);
    expect(match(path, { path: '/acme?y' })).toBe(true);
    expect(match(path, { path: '/acmes' })).toBe(false);
    expect(match(path, { path: '/Acme' })).toBe(false);
  });

  test('headers, query strings, methods and source addresses', () => {
    const header = [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Tenant-Id', Values: ['acme'] } }];
    expect(match(header, { headers: { 'x-tenant-id': 'ACME' } })).toBe(true);
    expect(match(header, { headers: { 'x-tenant-id': 'acme2' } })).toBe(false);
    expect(match(header, {})).toBe(false);
    const query = [
      { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '1*' }, { Value: 'x' }] } },
    ];
    expect(match(query, { path: '/?v=12' })).toBe(true);
    expect(match(query, { path: '/?any=x' })).toBe(true);
    expect(match(query, { path: '/?v=2' })).toBe(false);
    const method = (value: string) => [{ Field: 'http-request-method', HttpRequestMethodConfig: { Values: [value] } }];
    expect(match(method('GET'), {})).toBe(true);
    expect(match(method('POST'), {})).toBe(false);
    const source = (value: string) => [{ Field: 'source-ip', SourceIpConfig: { Values: [value] } }];
    expect(match(source('203.0.113.0/24'), {})).toBe(true);
    expect(match(source('203.0.114.0/24'), {})).toBe(false);
    expect(match(source('0.0.0.0/0'), {})).toBe(true);
  });

  test('all conditions must hold', () => {
    const both = [
      { Field: 'host-header', Values: ['a.example.com'] },
      { Field: 'path-pattern', Values: ['/a'] },
    ];
    expect(match(both, { path: '/a' })).toBe(true);
    expect(match(both, { path: '/b' })).toBe(false);
  });
});

describe('the data plane', () => {
  const target = { ip: '10.0.0.7', port: 8080 };
  const request = { host: 'acme.example.com', path: '/', headers: {} };

  test('follows 10 s after the first change of a batch, with all changes until then', () => {
    const fixture = createFixture();
    const route = () => fixture.world.elb.route(loadBalancerArn, request);
    const group = makeGroup(fixture);
    const low = makeRule(fixture, ruleInput('*.example.com', 50, group));
    fixture.world.advance(6);
    const high = makeRule(fixture, ruleInput('acme.example.com', 10, group));
    fixture.world.advance(3.9);
    expect(route()?.status).toBe(404);
    fixture.world.advance(0.1);
    expect(route()).toMatchObject({ rule: high, status: 503, targetGroupArn: group, targets: [] });
    fixture.elb('DeleteRule', { RuleArn: high });
    expect(route()?.rule).toBe(high);
    fixture.world.advance(5);
    fixture.elb('ModifyRule', { RuleArn: low, Conditions: [{ Field: 'host-header', Values: ['b.example.com'] }] });
    fixture.world.advance(5);
    expect(route()?.status).toBe(404);
    // What came in the window is applied with it; it opens no window of its own.
    fixture.world.advance(1);
    fixture.elb('ModifyRule', { RuleArn: low, Conditions: [{ Field: 'host-header', Values: ['acme.example.com'] }] });
    fixture.world.advance(9.9);
    expect(route()?.status).toBe(404);
    fixture.world.advance(0.1);
    expect(route()?.rule).toBe(low);
  });

  test('sends to healthy targets only, to all unhealthy ones when there are no others, and to none that are new or draining', () => {
    const fixture = createFixture({ latencyFactor: 0 });
    const { elb } = fixture.world;
    const group = makeGroup(fixture);
    makeRule(fixture, ruleInput('acme.example.com', 1, group));
    const other = { ip: '10.0.0.8', port: 8080 };
    elb.register(group, target, true);
    elb.register(group, other, false);
    fixture.world.advance(0);
    const targets = () => elb.route(loadBalancerArn, request)?.targets;
    expect(targets()).toEqual([target]);
    elb.setAnswering(group, target, false);
    fixture.world.advance(0);
    expect(targets()).toEqual([target, other]);

    const slow = createFixture();
    const slowGroup = makeGroup(slow);
    makeRule(slow, ruleInput('acme.example.com', 1, slowGroup));
    slow.world.elb.register(slowGroup, target, true);
    slow.world.advance(10);
    slow.world.elb.register(slowGroup, other, true);
    slow.world.advance(25);
    expect(slow.world.elb.route(loadBalancerArn, request)?.targets).toContainEqual(target);
    slow.world.elb.deregister(slowGroup, target);
    expect(slow.world.elb.route(loadBalancerArn, request)?.targets).not.toContainEqual(target);
  });

  test('redirects, fixed responses and weighted forwards', () => {
    const fixture = createFixture({ latencyFactor: 0 });
    const [a, b] = [makeGroup(fixture, 'cw-a'), makeGroup(fixture, 'cw-b')];
    const rule = (host: string, priority: number, action: object) =>
      fixture.elb('CreateRule', { ...ruleInput(host, priority, a), Actions: [action], ListenerArn: listenerArn });
    rule('moved.example.com', 1, {
      Type: 'redirect',
      RedirectConfig: { StatusCode: 'HTTP_301', Host: 'x.example.com' },
    });
    rule('gone.example.com', 2, { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '410' } });
    const weighted = (x: number, y: number) => ({
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: a, Weight: x },
          { TargetGroupArn: b, Weight: y },
        ],
      },
    });
    rule('split.example.com', 3, weighted(3, 1));
    rule('none.example.com', 4, weighted(0, 0));
    fixture.world.elb.register(a, target, true);
    fixture.world.elb.register(b, target, true);
    fixture.world.advance(0);
    const to = (host: string) => fixture.world.elb.route(loadBalancerArn, { ...request, host });
    expect(to('moved.example.com')).toMatchObject({ status: 301, targets: [] });
    expect(to('gone.example.com')?.status).toBe(410);
    expect(to('none.example.com')?.status).toBe(503);
    const drawn = Array.from({ length: 400 }, () => to('split.example.com')?.targetGroupArn);
    const share = drawn.filter((arn) => arn === a).length / 400;
    expect(share).toBeGreaterThan(0.65);
    expect(share).toBeLessThan(0.85);
  });

  test('does not answer before the load balancer is active', () => {
    const fixture = createFixture();
    const made = fixture.elb<{ LoadBalancers: { LoadBalancerArn: string }[] }>('CreateLoadBalancer', {
      Name: 'made',
      Subnets: ['subnet-a', 'subnet-b'],
    });
    const arn = made.LoadBalancers[0]?.LoadBalancerArn ?? '';
    fixture.elb('CreateListener', {
      LoadBalancerArn: arn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    });
    fixture.world.advance(149);
    expect(fixture.world.elb.route(arn, request)).toBeUndefined();
    fixture.world.advance(1);
    expect(fixture.world.elb.route(arn, request)?.status).toBe(404);
  });
});
