import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { describe, expect, test } from 'vitest';
import { answerRoute } from '../../../src/simulator/route53/data-plane.ts';
import {
  account,
  createFixture,
  listenerArn,
  loadBalancerArn,
  makeGroup,
  makeRule,
  ruleInput,
} from '../elbv2/fixture.ts';

const zoneId = 'Z0000000000000000001';
const second = {
  loadBalancerArn: loadBalancerArn.replaceAll('shared-1', 'shared-2'),
  listenerArn: listenerArn.replaceAll('shared-1', 'shared-2'),
};

/** Two load balancers, each with a task of the tenant behind it, and a zone without records for it yet. */
function createWorld(latencyFactor = 0) {
  const fixture = createFixture({ latencyFactor });
  const { world, tasks } = fixture;
  world.elb.seedLoadBalancer({ arn: second.loadBalancerArn, vpcId: 'vpc-1', subnetIds: [], securityGroupIds: [] });
  world.elb.seedListener({ arn: second.listenerArn, loadBalancerArn: second.loadBalancerArn });
  world.route53.seedZone({ id: zoneId, name: 'example.com', account });
  const groups = [makeGroup(fixture, 'cw-1'), makeGroup(fixture, 'cw-2')] as const;
  const rules = [
    makeRule(fixture, ruleInput('acme.example.com', 1, groups[0])),
    makeRule(fixture, { ...ruleInput('acme.example.com', 1, groups[1]), ListenerArn: second.listenerArn }),
  ] as const;
  const start = (group: string, ip: string, answers = true) => {
    tasks.set(`vpc-1/${ip}`, { taskArn: `task-${ip}`, environment: { TENANT_ID: 'acme' } });
    world.elb.register(group, { ip, port: 8080 }, answers);
    world.advance(0);
  };
  const dnsNames = [loadBalancerArn, second.loadBalancerArn].map((arn) => {
    const output = fixture.elb<{ LoadBalancers: { DNSName: string }[] }>('DescribeLoadBalancers', {
      LoadBalancerArns: [arn],
    });
    return output.LoadBalancers[0]?.DNSName ?? '';
  });
  const record = (n: 0 | 1, weight: number, evaluate = false): ResourceRecordSet => ({
    Name: 'acme.example.com',
    Type: 'A',
    SetIdentifier: `set-${n}`,
    Weight: weight,
    AliasTarget: {
      HostedZoneId: 'Z35SXDOTRQ7X7K',
      DNSName: `dualstack.${dnsNames[n] ?? ''}`,
      EvaluateTargetHealth: evaluate,
    },
  });
  const change = (...changes: [string, ResourceRecordSet][]) => {
    fixture.dns('ChangeResourceRecordSets', {
      HostedZoneId: zoneId,
      ChangeBatch: { Changes: changes.map(([Action, set]) => ({ Action, ResourceRecordSet: set })) },
    });
    world.advance(0);
  };
  const ask = (cached = false, host = 'acme.example.com') =>
    answerRoute(world, { host, path: '/', headers: {} }, cached).answers;
  return { fixture, world, tasks, groups, rules, start, record, change, ask };
}

describe('a request from outside', () => {
  test('reaches the tenant by weight over both load balancers, and shares add to 1', () => {
    const { start, groups, rules, record, change, ask } = createWorld();
    start(groups[0], '10.0.0.1');
    start(groups[0], '10.0.0.2');
    start(groups[1], '10.0.1.1');
    change(['CREATE', record(0, 3)], ['CREATE', record(1, 1)]);
    const common = { account, tenant: 'acme', status: 200 };
    expect(ask()).toEqual([
      { ...common, share: 0.375, loadBalancer: loadBalancerArn, rule: rules[0], task: 'task-10.0.0.1' },
      { ...common, share: 0.375, loadBalancer: loadBalancerArn, rule: rules[0], task: 'task-10.0.0.2' },
      { ...common, share: 0.25, loadBalancer: second.loadBalancerArn, rule: rules[1], task: 'task-10.0.1.1' },
    ]);
  });

  test('gets no answer where the name does not resolve, 404 without a rule, 503 without a target or a task', () => {
    const { fixture, start, groups, tasks, record, change, ask } = createWorld();
    expect(ask()).toEqual([]);
    expect(ask(false, 'acme.example.org')).toEqual([]);
    change(['CREATE', record(0, 1)], ['CREATE', { ...record(1, 1), Name: 'other.example.com' }]);
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
    const { fixture, world, start, groups, tasks, record, change, ask } = createWorld();
    change(['CREATE', record(0, 1)]);
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
});

describe('weights', () => {
  const shares = (weights: [number, number], evaluate: boolean, healthy: [boolean, boolean]) => {
    const { start, groups, record, change, ask } = createWorld();
    start(groups[0], '10.0.0.1', healthy[0]);
    start(groups[1], '10.0.1.1', healthy[1]);
    change(['CREATE', record(0, weights[0], evaluate)], ['CREATE', record(1, weights[1], evaluate)]);
    return [loadBalancerArn, second.loadBalancerArn].map(
      (arn) => ask().find((answer) => answer.loadBalancer === arn)?.share ?? 0,
    );
  };

  test.each<[string, [number, number], boolean, [boolean, boolean], number[]]>([
    ['a single 0 is never served', [0, 5], false, [true, true], [0, 1]],
    ['all 0 are equally likely', [0, 0], false, [true, true], [0.5, 0.5]],
    ['an unhealthy set is served all the same where health is not evaluated', [1, 1], false, [true, false], [0.5, 0.5]],
    ['an unhealthy set is left out where health is evaluated', [1, 1], true, [true, false], [1, 0]],
    ['weight 0 serves when all others are unhealthy', [0, 5], true, [true, false], [1, 0]],
    ['all unhealthy count as all healthy', [1, 3], true, [false, false], [0.25, 0.75]],
  ])('%s', (_what, weights, evaluate, healthy, expected) => {
    expect(shares(weights, evaluate, healthy)).toEqual(expected);
  });

  test('with evaluated health, one dead group takes the whole load balancer out of DNS', () => {
    const { fixture, world, start, groups, record, change, ask } = createWorld();
    start(groups[0], '10.0.0.1');
    start(groups[1], '10.0.1.1');
    change(['CREATE', record(0, 1, true)], ['CREATE', record(1, 1, true)]);
    expect(ask()).toHaveLength(2);
    const dead = makeGroup(fixture, 'cw-dead');
    makeRule(fixture, ruleInput('dead.example.com', 9, dead));
    world.advance(0);
    expect(ask()).toHaveLength(2);
    world.elb.register(dead, { ip: '10.0.0.66', port: 8080 }, false);
    world.advance(0);
    expect(ask().map((answer) => answer.loadBalancer)).toEqual([second.loadBalancerArn]);
  });
});

describe('time', () => {
  test('only changes in sync are answered with; a withdrawn record is held by resolvers for 60 s', () => {
    const { world, start, groups, record, change, ask } = createWorld(1);
    world.advance(10);
    start(groups[0], '10.0.0.1');
    start(groups[1], '10.0.1.1');
    world.advance(60);
    change(['CREATE', record(0, 1)], ['CREATE', record(1, 1)]);
    expect(ask()).toEqual([]);
    world.advance(120);
    expect(ask()).toHaveLength(2);
    change(['DELETE', record(1, 1)]);
    expect(ask()).toHaveLength(2);
    let waited = 0;
    for (; ask().length === 2; waited++) world.advance(1);
    expect(waited).toBeGreaterThanOrEqual(15);
    expect(ask()).toMatchObject([{ share: 1, loadBalancer: loadBalancerArn }]);
    expect(ask(true)).toMatchObject([
      { share: 1, loadBalancer: loadBalancerArn, status: 200 },
      { share: 0, loadBalancer: second.loadBalancerArn, status: 200, tenant: 'acme' },
    ]);
    world.advance(58.5);
    expect(ask(true)).toHaveLength(2);
    world.advance(1.5);
    expect(ask(true)).toHaveLength(1);
  });

  test('changes of one zone come in sync in their order', () => {
    const { world, record, change, ask } = createWorld(1);
    for (let i = 0; i < 20; i++) {
      change(['UPSERT', record(0, i % 2 === 0 ? 1 : 0)], ['UPSERT', record(1, i % 2 === 0 ? 0 : 1)]);
      world.advance(1);
    }
    world.advance(120);
    expect(ask()).toMatchObject([{ share: 1, loadBalancer: second.loadBalancerArn }]);
  });
});

describe('other records', () => {
  test('wildcards, CNAMEs and aliases within the zone lead on; an address that is no load balancer says so', () => {
    const { start, groups, record, change, ask } = createWorld();
    start(groups[0], '10.0.0.1');
    const cname = (Name: string, Value: string): ResourceRecordSet => ({
      Name,
      Type: 'CNAME',
      TTL: 60,
      ResourceRecords: [{ Value }],
    });
    change(
      ['CREATE', record(0, 1)],
      ['CREATE', cname('www.example.com', 'acme.example.com')],
      ['CREATE', cname('*.wild.example.com', 'www.example.com')],
      ['CREATE', { Name: 'plain.example.com', Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] }],
    );
    expect(ask(false, 'WWW.example.com')).toMatchObject([{ share: 1, loadBalancer: loadBalancerArn }]);
    expect(ask(false, 'a.b.wild.example.com')).toMatchObject([{ share: 1, loadBalancer: loadBalancerArn }]);
    expect(ask(false, 'plain.example.com')).toEqual([
      { share: 1, account: '', loadBalancer: '192.0.2.1', rule: '', tenant: null, task: null, status: 503 },
    ]);
  });
});
