import { describe, expect, test } from 'vitest';
import { createElb } from '../../../src/simulator/elbv2/index.ts';
import { createFixture, type Fixture, listenerArn, loadBalancerArn, makeGroup, refusal } from './fixture.ts';

const tag = (fixture: Fixture) =>
  fixture.elb('AddTags', { ResourceArns: [listenerArn], Tags: [{ Key: 'a', Value: 'b' }] });
const read = (fixture: Fixture) => fixture.elb('DescribeRules', { ListenerArn: listenerArn });

/** How many calls pass before one is throttled. */
function passed(call: () => unknown): number {
  for (let n = 0; ; n++) {
    try {
      call();
    } catch (error) {
      expect(error).toMatchObject({ code: 'ThrottlingException', message: 'Rate exceeded' });
      return n;
    }
  }
}

describe('throttling', () => {
  test('40 reads at once, 10 a second after that', () => {
    const fixture = createFixture({ throttle: true });
    expect(passed(() => read(fixture))).toBe(40);
    fixture.world.advance(1);
    expect(passed(() => read(fixture))).toBe(10);
  });

  test('20 writes at once, 3 a second after that, and the account bucket of 40 is shared by all actions', () => {
    const fixture = createFixture({ throttle: true });
    expect(passed(() => tag(fixture))).toBe(20);
    expect(passed(() => read(fixture))).toBe(20);
    fixture.world.advance(1);
    expect(passed(() => tag(fixture))).toBe(3);
    expect(passed(() => read(fixture))).toBe(7);
  });

  test('20 registrations at once, 4 a second after that, apart from other writes', () => {
    const fixture = createFixture({ throttle: true });
    const group = makeGroup(fixture);
    const call = (operation: string) => () =>
      fixture.elb(operation, { TargetGroupArn: group, Targets: [{ Id: '10.0.0.1' }] });
    for (let n = 0; n < 10; n++) call('RegisterTargets')();
    expect(passed(call('DeregisterTargets'))).toBe(10);
    expect(() => tag(fixture)).not.toThrow();
    fixture.world.advance(1);
    expect(passed(call('RegisterTargets'))).toBe(4);
  });

  test('10 calls of CreateLoadBalancer and SetSubnets at once, one in 5 s after that', () => {
    const fixture = createFixture({ throttle: true });
    const Subnets = ['subnet-a', 'subnet-b'];
    for (let n = 0; n < 5; n++) fixture.elb('SetSubnets', { LoadBalancerArn: loadBalancerArn, Subnets });
    expect(passed(() => fixture.elb('CreateLoadBalancer', { Name: 'made', Subnets }))).toBe(5);
    fixture.world.advance(4);
    expect(passed(() => fixture.elb('CreateLoadBalancer', { Name: 'made', Subnets }))).toBe(0);
    fixture.world.advance(1);
    expect(passed(() => fixture.elb('CreateLoadBalancer', { Name: 'made', Subnets }))).toBe(1);
  });

  test('buckets belong to one account in one Region; calls that ECS makes for you take nothing', () => {
    const fixture = createFixture({ throttle: true });
    const group = makeGroup(fixture);
    for (let n = 0; n < 100; n++) fixture.world.elb.register(group, { ip: '10.0.0.1', port: n + 1 }, true);
    expect(passed(() => read(fixture))).toBe(39);
    for (const as of [{ account: '222222222222' }, { region: 'eu-west-1' }]) {
      expect(passed(() => fixture.elb('DescribeTargetGroups', {}, as))).toBe(40);
    }
  });
});

describe('what is not simulated', () => {
  test.each([
    ['CreateTargetGroup', { Name: 'a', TargetControlPort: 3_000 }],
    ['CreateListener', { AlpnPolicy: ['HTTP2Only'] }],
    ['CreateRule', { Actions: [{ Type: 'forward', AuthenticateCognitoConfig: { UserPoolDomain: 'a' } }] }],
    ['ModifyListener', { MutualAuthentication: { Mode: 'verify' } }],
    ['SetSecurityGroups', { EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: 'on' }],
    ['DescribeTargetHealth', { Include: ['AnomalyDetection'] }],
    ['RegisterTargets', { Targets: [{ Id: '10.0.0.1', QuicServerId: '0x0' }] }],
  ])('is refused as an invalid configuration, by the name of the parameter: %s', (operation, input) => {
    const fixture = createFixture();
    const error = refusal(() => fixture.elb(operation, input));
    expect(error.code).toBe('InvalidConfigurationRequestException');
    expect(error.message).toMatch(/^The parameter '.*' is not supported$/);
  });

  test.each(['GetResourcePolicy', 'DescribeTrustStores', 'CreateTrustStore', 'ModifyCapacityReservation'])(
    'is no action: %s',
    (operation) => {
      const fixture = createFixture();
      expect(refusal(() => fixture.elb(operation, {})).code).toBe('InvalidAction');
    },
  );
});

describe('every operation', () => {
  const { service } = createElb(createFixture().world);

  test('says what it takes and how long it does: reads 50 ms, writes 150 ms, some longer', () => {
    const others = new Map([
      ['CreateLoadBalancer', 500],
      ['CreateTargetGroup', 300],
      ['DeleteTargetGroup', 300],
    ]);
    for (const [name, operation] of service.operations) {
      expect(operation.takes?.length, name).toBeGreaterThan(0);
      expect(operation.latencyMs, name).toBe(others.get(name) ?? (operation.mutating ? 150 : 50));
    }
  });
});

describe('an ARN', () => {
  const calls = [
    ['load balancer', 'DescribeLoadBalancerAttributes', 'LoadBalancerArn', 'LoadBalancerNotFoundException'],
    ['target group', 'DescribeTargetGroupAttributes', 'TargetGroupArn', 'TargetGroupNotFoundException'],
    ['listener', 'DescribeListenerAttributes', 'ListenerArn', 'ListenerNotFoundException'],
    ['listener rule', 'DeleteRule', 'RuleArn', 'RuleNotFoundException'],
  ] as const;
  const start = 'arn:aws:elasticloadbalancing:us-east-1:111111111111';
  const examples = {
    'load balancer': `${start}:loadbalancer/app/a/1`,
    'target group': `${start}:targetgroup/a/1`,
    listener: `${start}:listener/app/a/1/2`,
    'listener rule': `${start}:listener-rule/app/a/1/2/3`,
  };

  test.each(calls)('of a %s that is not there is not found', (kind, operation, member, code) => {
    const fixture = createFixture();
    expect(refusal(() => fixture.elb(operation, { [member]: examples[kind] })).code).toBe(code);
  });

  test.each(calls)('of a %s is none in another account or Region, nor in another form', (kind, operation, member) => {
    const fixture = createFixture();
    const arn = examples[kind];
    for (const as of [{ account: '222222222222' }, { region: 'eu-west-1' }]) {
      expect(refusal(() => fixture.elb(operation, { [member]: arn }, as))).toMatchObject({
        code: 'ValidationError',
        message: `'${arn}' is not a valid ${kind} ARN`,
      });
    }
    for (const [other, wrong] of [...Object.entries(examples), ['nothing', 'nope']]) {
      if (other === kind) continue;
      expect(refusal(() => fixture.elb(operation, { [member]: wrong })).code, other).toBe('ValidationError');
    }
  });

  test('that is missing is refused', () => {
    const fixture = createFixture();
    for (const [, operation] of calls) expect(refusal(() => fixture.elb(operation, {})).code).toBe('ValidationError');
  });
});
