import { describe, expect, test } from 'vitest';
import { hasDataPlane } from '../../../src/simulator/elbv2/data-plane.ts';
import {
  createFixture,
  listenerArn,
  loadBalancerArn,
  makeGroup,
  makeLoadBalancer,
  makeRule,
  ruleInput,
} from './fixture.ts';

describe('the data plane', () => {
  const target = { ip: '10.0.0.7', port: 8080 };
  const request = { host: 'acme.example.com', path: '/', headers: {} };

  /** A rule that forwards to two groups by halves. */
  function weighted() {
    const fixture = createFixture({ latencyFactor: 0 });
    const groups = [makeGroup(fixture, 'cw-a'), makeGroup(fixture, 'cw-b')] as const;
    const TargetGroups = groups.map((TargetGroupArn) => ({ TargetGroupArn, Weight: 10 }));
    makeRule(fixture, {
      ...ruleInput('acme.example.com', 1, ''),
      Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
    });
    fixture.world.advance(0);
    return { fixture, groups };
  }

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

  test.each([
    ['authenticate', 302],
    ['deny', 401],
    ['allow', 404],
  ])('a request that nobody signed in for gets what the rule says: %s is %d', (OnUnauthenticatedRequest, status) => {
    const fixture = createFixture({ latencyFactor: 0 });
    const url = 'https://login.example.com/';
    const endpoints = { Issuer: url, AuthorizationEndpoint: url, TokenEndpoint: url, UserInfoEndpoint: url };
    fixture.elb('CreateRule', {
      ...ruleInput('acme.example.com', 1, ''),
      Actions: [
        {
          Type: 'authenticate-oidc',
          Order: 1,
          AuthenticateOidcConfig: { ...endpoints, ClientId: 'a', ClientSecret: 'b', OnUnauthenticatedRequest },
        },
        { Type: 'fixed-response', Order: 2, FixedResponseConfig: { StatusCode: '404' } },
      ],
    });
    fixture.world.advance(0);
    expect(fixture.world.elb.route(loadBalancerArn, request)?.status).toBe(status);
  });

  test('a weighted forward does not fail over to its other group', () => {
    const { fixture, groups } = weighted();
    fixture.world.elb.register(groups[0], target, true);
    fixture.world.elb.register(groups[1], target, false);
    fixture.world.advance(0);
    const elb = fixture.world.elb;
    if (!hasDataPlane(elb)) throw new Error('the fixture has the simulator’s own data plane');
    expect(elb.routeShares(loadBalancerArn, request)).toEqual([
      expect.objectContaining({ share: 0.5, status: 200, targetGroupArn: groups[0], targets: [target] }),
      expect.objectContaining({ share: 0.5, status: 200, targetGroupArn: groups[1], targets: [target] }),
    ]);
    elb.deregister(groups[0], target);
    expect(elb.routeShares(loadBalancerArn, request)?.map((way) => way.status)).toEqual([503, 200]);
  });

  test('the attributes of a group may ask for more than one healthy target', () => {
    const fixture = createFixture({ latencyFactor: 0 });
    const group = makeGroup(fixture);
    makeRule(fixture, ruleInput('acme.example.com', 1, group));
    const [a, b, c] = [1, 2, 3].map((n) => ({ ip: `10.0.0.${n}`, port: 80 }));
    if (a === undefined || b === undefined || c === undefined) throw new Error('three targets');
    for (const one of [a, b]) fixture.world.elb.register(group, one, true);
    fixture.world.elb.register(group, c, false);
    fixture.world.advance(0);
    const targets = () => fixture.world.elb.route(loadBalancerArn, request)?.targets;
    const set = (by: string, Value: string) =>
      fixture.elb('ModifyTargetGroupAttributes', {
        TargetGroupArn: group,
        Attributes: ['dns_failover', 'unhealthy_state_routing'].map((action) => ({
          Key: `target_group_health.${action}.minimum_healthy_targets.${by}`,
          Value,
        })),
      });
    const elb = fixture.world.elb;
    if (!hasDataPlane(elb)) throw new Error('the fixture has the simulator’s own data plane');
    expect(targets()).toEqual([a, b]);
    set('count', '3');
    expect([targets(), elb.loadBalancerHealthy(loadBalancerArn)]).toEqual([[a, b, c], false]);
    set('count', '2');
    expect([targets(), elb.loadBalancerHealthy(loadBalancerArn)]).toEqual([[a, b], true]);
    set('percentage', '67');
    expect([targets(), elb.loadBalancerHealthy(loadBalancerArn)]).toEqual([[a, b, c], false]);
    set('percentage', '66');
    expect([targets(), elb.loadBalancerHealthy(loadBalancerArn)]).toEqual([[a, b], true]);
  });

  test('an alias record finds the load balancer ill when one filled group is, and when all are empty', () => {
    const { fixture, groups } = weighted();
    const elb = fixture.world.elb;
    if (!hasDataPlane(elb)) throw new Error('the fixture has the simulator’s own data plane');
    const healthy = () => elb.loadBalancerHealthy(loadBalancerArn);
    expect(healthy()).toBe(false);
    elb.register(groups[0], target, true);
    fixture.world.advance(0);
    expect(healthy()).toBe(true);
    elb.register(groups[1], target, false);
    fixture.world.advance(0);
    expect(healthy()).toBe(false);
    expect(elb.loadBalancerHealthy('none')).toBe(false);
  });

  test('does not answer before the load balancer is active', () => {
    const fixture = createFixture();
    const { arn } = makeLoadBalancer(fixture, 'made');
    fixture.world.advance(149);
    expect(fixture.world.elb.route(arn, request)).toBeUndefined();
    fixture.world.advance(1);
    expect(fixture.world.elb.route(arn, request)?.status).toBe(404);
  });
});
