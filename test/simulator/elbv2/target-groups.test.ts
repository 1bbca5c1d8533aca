import type {
  CreateTargetGroupOutput,
  DescribeTagsOutput,
  DescribeTargetGroupAttributesOutput,
  DescribeTargetGroupsOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import {
  account,
  createFixture,
  loadBalancerArn,
  makeGroup,
  makeListener,
  makeRule,
  refusal,
  region,
  ruleInput,
} from './fixture.ts';

const input = { Name: 'cw-acme', Protocol: 'HTTP', Port: 80, VpcId: 'vpc-1', TargetType: 'ip' };

describe('CreateTargetGroup', () => {
  test('fills in the defaults of AWS', () => {
    const fixture = createFixture();
    const { TargetGroups: [group] = [] } = fixture.elb<CreateTargetGroupOutput>('CreateTargetGroup', input);
    expect(group).toMatchObject({
      TargetGroupName: 'cw-acme',
      HealthCheckProtocol: 'HTTP',
      HealthCheckPort: 'traffic-port',
      HealthCheckIntervalSeconds: 30,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 5,
      UnhealthyThresholdCount: 2,
      HealthCheckPath: '/',
      Matcher: { HttpCode: '200' },
      LoadBalancerArns: [],
      ProtocolVersion: 'HTTP1',
      IpAddressType: 'ipv4',
    });
    expect(group?.TargetGroupArn).toMatch(
      /^arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup\/cw-acme\/[0-9a-f]{16}$/,
    );
  });

  test('answers with the existing group for the same settings, and leaves its tags alone', () => {
    const fixture = createFixture();
    const tagged = (value: string) => ({ ...input, Tags: [{ Key: 'owner', Value: value }] });
    const first = fixture.elb<CreateTargetGroupOutput>('CreateTargetGroup', tagged('first'));
    const second = fixture.elb<CreateTargetGroupOutput>('CreateTargetGroup', tagged('second'));
    expect(second).toEqual(first);
    const arn = first.TargetGroups?.[0]?.TargetGroupArn;
    const tags = fixture.elb<DescribeTagsOutput>('DescribeTags', { ResourceArns: [arn] });
    expect(tags.TagDescriptions).toEqual([{ ResourceArn: arn, Tags: [{ Key: 'owner', Value: 'first' }] }]);
  });

  test('refuses the name of a group with other settings, in this account and Region only', () => {
    const fixture = createFixture();
    makeGroup(fixture);
    const other = { ...input, HealthCheckPath: '/healthz' };
    expect(refusal(() => fixture.elb('CreateTargetGroup', other)).code).toBe('DuplicateTargetGroupNameException');
    expect(() => fixture.elb('CreateTargetGroup', other, { region: 'eu-west-1' })).not.toThrow();
    expect(() => fixture.elb('CreateTargetGroup', other, { account: '222222222222' })).not.toThrow();
  });

  test('takes names of letters, digits and hyphens, also two hyphens in a row', () => {
    const fixture = createFixture();
    for (const name of ['a', 'A--1', 'a'.repeat(32)]) expect(() => makeGroup(fixture, name)).not.toThrow();
  });

  test.each([
    ['a name of 33 characters', { Name: 'a'.repeat(33) }],
    ['a name with an underscore', { Name: 'a_b' }],
    ['a name that ends with a hyphen', { Name: 'a-' }],
    ['a name that begins with a hyphen', { Name: '-a' }],
    ['no VPC', { VpcId: undefined }],
    ['a VPC that is not there', { VpcId: 'vpc-3' }],
    ['no port', { Port: undefined }],
    ['no protocol', { Protocol: undefined }],
    ['a protocol that there is not', { Protocol: 'FTP' }],
    ['a protocol version that there is not', { ProtocolVersion: 'HTTP3' }],
    ['a target type that there is not', { TargetType: 'pod' }],
    ['an interval of 301 s', { HealthCheckIntervalSeconds: 301 }],
    ['a time-out of 1 s', { HealthCheckTimeoutSeconds: 1 }],
    ['a time-out of 121 s', { HealthCheckIntervalSeconds: 300, HealthCheckTimeoutSeconds: 121 }],
    ['an interval of 5 s with the default time-out', { HealthCheckIntervalSeconds: 5 }],
    ['a matcher of 199', { Matcher: { HttpCode: '199' } }],
    ['a matcher that is no code', { Matcher: { HttpCode: '2xx' } }],
    ['a gRPC matcher', { Matcher: { GrpcCode: '12' } }],
    ['a path of 1,025 characters', { HealthCheckPath: `/${'a'.repeat(1_024)}` }],
    ['health checks by TCP', { HealthCheckProtocol: 'TCP' }],
    ['a health check port of 0', { HealthCheckPort: '0' }],
    ['health checks that are off', { HealthCheckEnabled: false }],
    ['a port of a group of functions', { TargetType: 'lambda' }],
    ['an interval of 4 s', { HealthCheckIntervalSeconds: 4 }],
    ['a time-out as long as the interval', { HealthCheckIntervalSeconds: 10, HealthCheckTimeoutSeconds: 10 }],
    ['a healthy threshold of 1', { HealthyThresholdCount: 1 }],
    ['an unhealthy threshold of 11', { UnhealthyThresholdCount: 11 }],
    ['a matcher of 500', { Matcher: { HttpCode: '500' } }],
    ['a path without a slash', { HealthCheckPath: 'healthz' }],
    ['port 0', { Port: 0 }],
  ])('refuses %s', (_what, change) => {
    const fixture = createFixture();
    expect(refusal(() => fixture.elb('CreateTargetGroup', { ...input, ...change })).code).toBe('ValidationError');
  });

  test.each([
    ['groups of Network Load Balancers', { Protocol: 'TCP' }],
    ['groups of load balancers', { TargetType: 'alb' }],
    ['groups of IPv6 addresses', { IpAddressType: 'ipv6' }],
    ['the port of the target optimizer', { TargetControlPort: 3_000 }],
  ])('does not simulate %s, and says so', (_what, change) => {
    const fixture = createFixture();
    expect(refusal(() => fixture.elb('CreateTargetGroup', { ...input, ...change })).code).toBe(
      'InvalidConfigurationRequestException',
    );
  });

  test.each([
    ['HTTPS', { Protocol: 'HTTPS' }, { HealthCheckTimeoutSeconds: 5, HealthCheckProtocol: 'HTTP' }],
    ['gRPC', { ProtocolVersion: 'GRPC' }, { HealthCheckPath: '/AWS.ALB/healthcheck', Matcher: { GrpcCode: '12' } }],
    [
      'functions',
      { TargetType: 'lambda', Protocol: undefined, Port: undefined, VpcId: undefined },
      { HealthCheckEnabled: false, HealthCheckIntervalSeconds: 35, HealthCheckTimeoutSeconds: 30 },
    ],
  ])('has other defaults where the protocol or target type asks for them: %s', (_what, change, expected) => {
    const fixture = createFixture();
    const { TargetGroups: [group] = [] } = fixture.elb<CreateTargetGroupOutput>('CreateTargetGroup', {
      ...input,
      ...change,
    });
    expect(group).toMatchObject(expected);
  });

  test('stops at the quota of the Region', () => {
    const fixture = createFixture();
    fixture.world.quotas.set({ account, region }, 'targetGroupsPerRegion', 1);
    makeGroup(fixture, 'cw-1');
    expect(refusal(() => makeGroup(fixture, 'cw-2')).code).toBe('TooManyTargetGroupsException');
  });
});

describe('DescribeTargetGroups', () => {
  test('lists by load balancer, names and ARNs, and pages the Region', () => {
    const fixture = createFixture();
    const arns = Array.from({ length: 401 }, (_, i) => makeGroup(fixture, `cw-${i}`));
    const named = (request: object) =>
      fixture
        .elb<DescribeTargetGroupsOutput>('DescribeTargetGroups', request)
        .TargetGroups?.map((g) => g.TargetGroupArn);
    makeRule(fixture, ruleInput('a.example.com', 1, arns[7] ?? ''));
    expect(named({ LoadBalancerArn: loadBalancerArn })).toEqual([arns[7]]);
    expect(named({ Names: ['cw-3', 'cw-1'] })).toEqual([arns[3], arns[1]]);
    expect(named({ TargetGroupArns: [arns[400]] })).toEqual([arns[400]]);
    const first = fixture.elb<DescribeTargetGroupsOutput>('DescribeTargetGroups', {});
    expect(first.TargetGroups).toHaveLength(400);
    const rest = named({ Marker: first.NextMarker });
    expect(rest).toEqual([arns[400]]);
    expect(refusal(() => fixture.elb('DescribeTargetGroups', { Names: ['none'] })).code).toBe(
      'TargetGroupNotFoundException',
    );
    expect(refusal(() => fixture.elb('DescribeTargetGroups', { PageSize: 401 })).code).toBe('ValidationError');
    expect(refusal(() => fixture.elb('DescribeTargetGroups', { PageSize: 0 })).code).toBe('ValidationError');
    expect(named({ PageSize: 2, Marker: undefined })).toEqual(arns.slice(0, 2));
    const twenty = arns.slice(0, 20);
    expect(named({ TargetGroupArns: twenty })).toEqual(twenty);
    expect(refusal(() => named({ TargetGroupArns: [...twenty, arns[20]] }))).toMatchObject({
      code: 'ValidationError',
      message: "You cannot describe more than '20' target groups at a time",
    });
    expect(refusal(() => named({ Names: ['cw-1'], TargetGroupArns: [arns[1]] })).code).toBe('ValidationError');
  });
});

describe('target group attributes', () => {
  test('come back complete, and take only known keys in their range, all or none', () => {
    const fixture = createFixture();
    const TargetGroupArn = makeGroup(fixture);
    const read = () =>
      new Map(
        fixture
          .elb<DescribeTargetGroupAttributesOutput>('DescribeTargetGroupAttributes', { TargetGroupArn })
          .Attributes?.map(({ Key, Value }) => [Key, Value]),
      );
    const write = (...Attributes: { Key: string; Value: string }[]) =>
      fixture.elb('ModifyTargetGroupAttributes', { TargetGroupArn, Attributes });
    const defaults = read();
    expect(defaults.size).toBe(14);
    expect(defaults.get('deregistration_delay.timeout_seconds')).toBe('300');
    write({ Key: 'deregistration_delay.timeout_seconds', Value: '60' });
    expect(read()).toEqual(new Map(defaults).set('deregistration_delay.timeout_seconds', '60'));
    const bad = [
      { Key: 'stickiness.enabled', Value: 'true' },
      { Key: 'deregistration_delay.timeout_seconds', Value: '3601' },
    ];
    expect(refusal(() => write(...bad)).code).toBe('ValidationError');
    expect(refusal(() => write({ Key: 'no.such.key', Value: '1' }))).toMatchObject({
      code: 'ValidationError',
      message: "Target group attribute key 'no.such.key' is not recognized",
    });
    expect(read().get('stickiness.enabled')).toBe('false');
    for (const seconds of ['0', '3600']) {
      write({ Key: 'deregistration_delay.timeout_seconds', Value: seconds });
      expect(read().get('deregistration_delay.timeout_seconds')).toBe(seconds);
    }
  });

  const algorithm = { Key: 'load_balancing.algorithm.type', Value: 'least_outstanding_requests' };
  const sticky = { Key: 'stickiness.enabled', Value: 'true' };
  const health = 'target_group_health';
  test.each([
    ['slow start beside another algorithm', [algorithm, { Key: 'slow_start.duration_seconds', Value: '30' }]],
    ['anomaly mitigation by turns', [{ Key: 'load_balancing.algorithm.anomaly_mitigation', Value: 'on' }]],
    ['stickiness at random', [sticky, { ...algorithm, Value: 'weighted_random' }]],
    ['stickiness within zones', [sticky, { Key: 'load_balancing.cross_zone.enabled', Value: 'false' }]],
    ['an application cookie without a name', [sticky, { Key: 'stickiness.type', Value: 'app_cookie' }]],
    [
      'DNS failover after routing failover',
      [{ Key: `${health}.unhealthy_state_routing.minimum_healthy_targets.count`, Value: '2' }],
    ],
  ])('do not go together: %s', (_what, Attributes) => {
    const fixture = createFixture();
    const TargetGroupArn = makeGroup(fixture);
    expect(refusal(() => fixture.elb('ModifyTargetGroupAttributes', { TargetGroupArn, Attributes })).code).toBe(
      'InvalidConfigurationRequestException',
    );
  });
});

describe('ModifyTargetGroup and DeleteTargetGroup', () => {
  test('changes health checks, and keeps what the call leaves out', () => {
    const fixture = createFixture();
    const TargetGroupArn = makeGroup(fixture, 'cw-acme', { HealthCheckPath: '/healthz' });
    const { TargetGroups: [after] = [] } = fixture.elb<DescribeTargetGroupsOutput>('ModifyTargetGroup', {
      TargetGroupArn,
      Matcher: { HttpCode: '200-299' },
      HealthyThresholdCount: 2,
    });
    expect(after).toMatchObject({
      HealthCheckPath: '/healthz',
      Matcher: { HttpCode: '200-299' },
      HealthyThresholdCount: 2,
      HealthCheckIntervalSeconds: 30,
    });
    // What was modified is no longer what the first call asked for.
    expect(refusal(() => makeGroup(fixture, 'cw-acme', { HealthCheckPath: '/healthz' })).code).toBe(
      'DuplicateTargetGroupNameException',
    );
    expect(refusal(() => fixture.elb('ModifyTargetGroup', { TargetGroupArn, HealthCheckEnabled: false })).code).toBe(
      'ValidationError',
    );
    for (const fixed of ['Port', 'Protocol', 'VpcId', 'TargetType', 'ProtocolVersion', 'IpAddressType']) {
      expect(refusal(() => fixture.elb('ModifyTargetGroup', { TargetGroupArn, [fixed]: 'x' })).code, fixed).toBe(
        'InvalidConfigurationRequestException',
      );
    }
  });

  test('a group in use stays, also for some seconds after its rule went', () => {
    const fixture = createFixture({ seed: 4 });
    const TargetGroupArn = makeGroup(fixture);
    const RuleArn = makeRule(fixture, ruleInput('a.example.com', 1, TargetGroupArn));
    const remove = () => fixture.elb('DeleteTargetGroup', { TargetGroupArn });
    expect(refusal(remove).code).toBe('ResourceInUseException');
    fixture.elb('DeleteRule', { RuleArn });
    expect(refusal(remove).code).toBe('ResourceInUseException');
    fixture.world.advance(5);
    expect(remove).not.toThrow();
    expect(remove).not.toThrow();
    expect(refusal(() => fixture.elb('DescribeTargetGroups', { TargetGroupArns: [TargetGroupArn] })).code).toBe(
      'TargetGroupNotFoundException',
    );
    expect(makeGroup(fixture)).not.toBe(TargetGroupArn);
  });

  test('a group that a default action forwards to is in use', () => {
    const fixture = createFixture({ latencyFactor: 0 });
    const TargetGroupArn = makeGroup(fixture);
    const DefaultActions = [{ Type: 'forward' as const, TargetGroupArn }];
    const ListenerArn = makeListener(fixture, { DefaultActions });
    const remove = () => fixture.elb('DeleteTargetGroup', { TargetGroupArn });
    expect(refusal(remove).code).toBe('ResourceInUseException');
    fixture.elb('DeleteListener', { ListenerArn });
    expect(remove).not.toThrow();
  });
});
