import { describe, expect, test } from 'vitest';
import { createSimulatedAws } from '../../../src/simulator/index.ts';
import { answerRoute } from '../../../src/simulator/route53/data-plane.ts';
import { account, listenerArn, loadBalancerArn, makeGroup, makeRule, ruleInput } from '../elbv2/fixture.ts';
import { create, createRoutes, loadBalancers, record } from './fixture.ts';

describe('a request from outside', () => {
  test('reaches the tenant by weight over both load balancers, and shares add to 1', () => {
    const { start, groups, rules, alias, change, ask } = createRoutes();
    start(groups[0], '10.0.0.1');
    start(groups[0], '10.0.0.2');
    start(groups[1], '10.0.1.1');
    change(create(alias(0, 3)), create(alias(1, 1)));
    const common = { account, tenant: 'acme', status: 200 };
    expect(ask()).toEqual([
      { ...common, share: 0.375, loadBalancer: loadBalancerArn, rule: rules[0], task: 'task-10.0.0.1' },
      { ...common, share: 0.375, loadBalancer: loadBalancerArn, rule: rules[0], task: 'task-10.0.0.2' },
      { ...common, share: 0.25, loadBalancer: loadBalancers[1], rule: rules[1], task: 'task-10.0.1.1' },
    ]);
  });

  test('gets no answer where the name does not resolve, 404 without a rule, 503 without a target or a task', () => {
    const { fixture, start, groups, tasks, alias, change, ask } = createRoutes();
    expect(ask()).toEqual([]);
    expect(ask(false, 'acme.example.org')).toEqual([]);
    change(create(alias(0, 1)), create(alias(1, 1, { Name: 'other.example.com' })));
    expect(ask()).toMatchObject([{ share: 1, status: 503, tenant: null, task: null }]);
    expect(ask(false, 'other.example.com')).toMatchObject([{ share: 1, status: 404, tenant: null, task: null }]);
    start(groups[0], '10.0.0.1');
    expect(ask()).toMatchObject([{ share: 1, status: 200, tenant: 'acme' }]);
    start(groups[0], '10.0.0.2');
    tasks.clear();
    expect(ask()).toMatchObject([{ share: 1, status: 503, tenant: null, task: null }]);
    fixture.elb('DeleteLoadBalancer', { LoadBalancerArn: loadBalancerArn });
    expect(ask()).toMatchObject([{ share: 1, status: 503, rule: '', account: '' }]);
  });

  test('a foreign target takes its share of the requests', () => {
    const { fixture, world, start, groups, tasks, alias, change, ask } = createRoutes();
    change(create(alias(0, 1)));
    start(groups[0], '10.0.0.1');
    tasks.set('vpc-1/10.0.9.9', { taskArn: 'stranger', environment: { TENANT_ID: 'rival' } });
    world.elb.register(groups[1], { ip: '10.0.9.9', port: 8080 }, true);
    fixture.elb('RegisterTargets', { TargetGroupArn: groups[0], Targets: [{ Id: '10.0.9.9', Port: 8080 }] });
    world.advance(0);
    expect(ask().map(({ share, tenant }) => [share, tenant])).toEqual([
      [0.5, 'acme'],
      [0.5, 'rival'],
    ]);
  });

  test('is lost, with 503, at a load balancer that is not active yet', () => {
    const { fixture, change, aliasTo, ask } = createRoutes({ latencyFactor: 1 });
    const { LoadBalancers } = fixture.elb<{ LoadBalancers: { DNSName: string; LoadBalancerArn: string }[] }>(
      'CreateLoadBalancer',
      { Name: 'young', Subnets: ['subnet-a', 'subnet-b'], SecurityGroups: ['sg-1'] },
    );
    const [young] = LoadBalancers;
    const AliasTarget = aliasTo(young?.DNSName ?? '');
    change(create({ Name: 'young.example.com', Type: 'A', AliasTarget }));
    fixture.world.advance(120);
    expect(ask(false, 'young.example.com')).toEqual([
      { share: 1, account, loadBalancer: young?.LoadBalancerArn, rule: '', tenant: null, task: null, status: 503 },
    ]);
  });

  test('is answered by unhealthy targets where there are no others, and by none that is draining', () => {
    const { fixture, world, start, groups, alias, change, ask } = createRoutes();
    change(create(alias(0, 1)));
    start(groups[0], '10.0.0.1', false);
    start(groups[0], '10.0.0.2', false);
    expect(ask().map(({ task, status }) => [task, status])).toEqual([
      ['task-10.0.0.1', 200],
      ['task-10.0.0.2', 200],
    ]);
    start(groups[0], '10.0.0.3');
    expect(ask()).toMatchObject([{ share: 1, task: 'task-10.0.0.3', status: 200 }]);
    fixture.elb('DeregisterTargets', { TargetGroupArn: groups[0], Targets: [{ Id: '10.0.0.3', Port: 8080 }] });
    world.elb.deregister(groups[0], { ip: '10.0.0.1', port: 8080 });
    expect(ask()).toMatchObject([{ share: 1, task: 'task-10.0.0.2', status: 200 }]);
    world.elb.deregister(groups[0], { ip: '10.0.0.2', port: 8080 });
    expect(ask()).toMatchObject([{ share: 1, task: null, status: 503 }]);
  });

  test('goes the ways of a weighted forward by their weights; an empty group’s part is 503', () => {
    const { fixture, world, start, groups, alias, aliasTo, dnsNames, change, ask } = createRoutes();
    change(create(alias(0, 1, { Name: 'split.example.com', AliasTarget: aliasTo(dnsNames[0] ?? '') })));
    const other = makeGroup(fixture, 'cw-other');
    const empty = makeGroup(fixture, 'cw-empty');
    const TargetGroups = [groups[0], other, empty].map((TargetGroupArn, i) => ({
      TargetGroupArn,
      Weight: [5, 2, 1][i],
    }));
    makeRule(fixture, {
      ListenerArn: listenerArn,
      Priority: 5,
      Conditions: ruleInput('split.example.com', 5, other).Conditions,
      Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
    });
    start(groups[0], '10.0.0.1');
    start(other, '10.0.0.7');
    world.advance(60);
    expect(ask(false, 'split.example.com').map(({ share, task, status }) => [share, task, status])).toEqual([
      [0.625, 'task-10.0.0.1', 200],
      [0.25, 'task-10.0.0.7', 200],
      [0.125, null, 503],
    ]);
  });

  test('a task without TENANT_ID answers for no tenant; a target that is no task of ours is 503', () => {
    const { world, tasks, groups, alias, change, ask } = createRoutes();
    change(create(alias(0, 1)));
    tasks.set('vpc-1/10.0.0.1', { taskArn: 'nameless', environment: {} });
    for (const ip of ['10.0.0.1', '10.0.0.2']) world.elb.register(groups[0], { ip, port: 8080 }, true);
    world.advance(0);
    expect(ask()).toMatchObject([
      { share: 0.5, tenant: null, task: 'nameless', status: 200 },
      { share: 0.5, tenant: null, task: null, status: 503 },
    ]);
  });

  test('can be asked about at any moment, also between two calls, and asking changes nothing', () => {
    const { world, start, groups, alias, change, ask } = createRoutes({ latencyFactor: 1 });
    world.advance(60);
    start(groups[0], '10.0.0.1');
    change(create(alias(0, 1)));
    const before = world.log.last;
    const seen: (number | string)[] = [];
    for (let second = 0; second < 130; second++) {
      const [first] = ask(true);
      expect(ask(true)[0]).toEqual(first);
      const status = first?.status ?? 'no answer';
      if (status !== seen.at(-1)) seen.push(status);
      world.advance(1);
    }
    expect(seen).toEqual(['no answer', 200]);
    expect(world.log.last).toBe(before);
  });

  test('sees what fell due by the clock alone, without a call in between', () => {
    let now = Date.UTC(2026, 0, 1);
    const clock = {
      now: () => now,
      monotonic: () => now,
      after: () => () => undefined,
      sleep: () => Promise.resolve(),
    };
    const world = createSimulatedAws({ clock });
    world.route53.seedZone({ id: 'Z0ORG', name: 'example.org', account });
    const ChangeBatch = { Changes: [create(record('A', 'a.example.org', ['192.0.2.1']))] };
    const input = { HostedZoneId: 'Z0ORG', ChangeBatch };
    const request = { accessKeyId: account, region: 'us-east-1', service: 'route53', input } as const;
    world.call({ ...request, operation: 'ChangeResourceRecordSets' });
    const ask = () => answerRoute(world, { host: 'a.example.org', path: '/', headers: {} }, false).answers;
    expect(ask()).toEqual([]);
    now += 121_000;
    expect(ask()).toMatchObject([{ share: 1, loadBalancer: '192.0.2.1' }]);
  });
});
