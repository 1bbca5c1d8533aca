import type {
  DescribeLoadBalancerAttributesOutput,
  DescribeLoadBalancersOutput,
  SetSubnetsOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import {
  createFixture,
  type Fixture,
  listenerArn,
  loadBalancerArn,
  makeGroup,
  makeLoadBalancer,
  makeRule,
  refusal,
  ruleInput,
} from './fixture.ts';

const create = { Name: 'made', Subnets: ['subnet-a', 'subnet-b'], SecurityGroups: ['sg-1'] };

function read(fixture: Fixture, input: object) {
  return fixture.elb<DescribeLoadBalancersOutput>('DescribeLoadBalancers', input).LoadBalancers;
}

describe('CreateLoadBalancer', () => {
  test('provisions for 150 s, has the names that AWS gives, and is idempotent with the same settings', () => {
    const fixture = createFixture();
    const output = fixture.elb<DescribeLoadBalancersOutput>('CreateLoadBalancer', create);
    const made = output.LoadBalancers?.[0];
    expect(made).toMatchObject({ CanonicalHostedZoneId: 'Z35SXDOTRQ7X7K', VpcId: 'vpc-1', IpAddressType: 'ipv4' });
    expect(made?.DNSName).toMatch(/^made-\d{9,10}\.us-east-1\.elb\.amazonaws\.com$/);
    expect(made?.State?.Code).toBe('provisioning');
    expect(made?.AvailabilityZones?.map((zone) => zone.ZoneName)).toEqual(['us-east-1a', 'us-east-1b']);
    expect(fixture.elb('CreateLoadBalancer', create)).toEqual(output);
    expect(refusal(() => fixture.elb('CreateLoadBalancer', { ...create, Scheme: 'internal' })).code).toBe(
      'DuplicateLoadBalancerNameException',
    );
    fixture.world.advance(149);
    expect(read(fixture, { Names: ['made'] })?.[0]?.State?.Code).toBe('provisioning');
    fixture.world.advance(1);
    expect(read(fixture, { Names: ['made'] })?.[0]?.State?.Code).toBe('active');
  });

  test.each([
    ['a name of 33 characters', { Name: 'a'.repeat(33) }, 'ValidationError'],
    ['a name with a dot', { Name: 'a.b' }, 'ValidationError'],
    ['a name that ends with a hyphen', { Name: 'a-' }, 'ValidationError'],
    ['a name that begins with internal-', { Name: 'internal-a' }, 'ValidationError'],
    ['one subnet', { Subnets: ['subnet-a'] }, 'ValidationError'],
    ['subnets in two ways', { SubnetMappings: [{ SubnetId: 'subnet-c' }] }, 'ValidationError'],
    ['two subnets of one zone', { Subnets: ['subnet-b', 'subnet-b2'] }, 'InvalidConfigurationRequestException'],
    ['subnets of two VPCs', { Subnets: ['subnet-b', 'subnet-z'] }, 'InvalidConfigurationRequestException'],
    ['a subnet that is not there', { Subnets: ['subnet-a', 'subnet-y'] }, 'SubnetNotFoundException'],
    ['a security group that is not there', { SecurityGroups: ['sg-9'] }, 'InvalidSecurityGroupException'],
    ['a security group of another VPC', { SecurityGroups: ['sg-z'] }, 'InvalidConfigurationRequestException'],
    ['a scheme that there is not', { Scheme: 'public' }, 'ValidationError'],
    ['an address type that there is not', { IpAddressType: 'ipv6' }, 'ValidationError'],
    [
      'an internal one without public addresses',
      { Scheme: 'internal', IpAddressType: 'dualstack-without-public-ipv4' },
      'InvalidConfigurationRequestException',
    ],
    ['a type that is not simulated', { Type: 'network' }, 'InvalidConfigurationRequestException'],
    ['an address pool', { IpamPools: { Ipv4IpamPoolId: 'ipam-pool-1' } }, 'InvalidConfigurationRequestException'],
  ])('refuses %s', (_what, change, code) => {
    const fixture = createFixture();
    expect(refusal(() => fixture.elb('CreateLoadBalancer', { ...create, ...change })).code).toBe(code);
    expect(read(fixture, {})).toHaveLength(1);
  });

  test('takes subnets as mappings too', () => {
    const fixture = createFixture();
    const SubnetMappings = create.Subnets.map((SubnetId) => ({ SubnetId }));
    expect(() => fixture.elb('CreateLoadBalancer', { Name: 'made', SubnetMappings })).not.toThrow();
  });
});

describe('DescribeLoadBalancers', () => {
  test('lists all, or 20 at most by name or ARN', () => {
    const fixture = createFixture();
    makeLoadBalancer(fixture, 'made');
    expect(read(fixture, {})?.map((one) => one.LoadBalancerName)).toEqual(['shared-1', 'made']);
    expect(read(fixture, { PageSize: 1 })).toHaveLength(1);
    const many = Array.from({ length: 21 }, () => loadBalancerArn);
    expect(read(fixture, { LoadBalancerArns: many.slice(1) })).toHaveLength(20);
    expect(refusal(() => read(fixture, { LoadBalancerArns: many })).message).toBe(
      'Up to 20 load balancers can be described at a time, but 21 were specified',
    );
    expect(refusal(() => read(fixture, { Names: ['none'] })).code).toBe('LoadBalancerNotFoundException');
    const both = { Names: ['made'], LoadBalancerArns: [loadBalancerArn] };
    expect(refusal(() => read(fixture, both)).code).toBe('ValidationError');
  });
});

describe('DeleteLoadBalancer', () => {
  test('takes the listeners and rules with it, lets the groups go, and succeeds when there is nothing', () => {
    const fixture = createFixture();
    const group = makeGroup(fixture);
    const rule = makeRule(fixture, ruleInput('a.example.com', 1, group));
    const remove = () => fixture.elb('DeleteLoadBalancer', { LoadBalancerArn: loadBalancerArn });
    remove();
    expect(remove).not.toThrow();
    const code = (operation: string, input: object) => refusal(() => fixture.elb(operation, input)).code;
    expect(code('DescribeLoadBalancers', { LoadBalancerArns: [loadBalancerArn] })).toBe(
      'LoadBalancerNotFoundException',
    );
    expect(code('DescribeListeners', { ListenerArns: [listenerArn] })).toBe('ListenerNotFoundException');
    expect(code('DescribeRules', { RuleArns: [rule] })).toBe('RuleNotFoundException');
    fixture.world.advance(5);
    expect(() => fixture.elb('DeleteTargetGroup', { TargetGroupArn: group })).not.toThrow();
  });

  test('is kept from one that is protected', () => {
    const fixture = createFixture();
    const protect = (Value: string) =>
      fixture.elb('ModifyLoadBalancerAttributes', {
        LoadBalancerArn: loadBalancerArn,
        Attributes: [{ Key: 'deletion_protection.enabled', Value }],
      });
    const remove = () => fixture.elb('DeleteLoadBalancer', { LoadBalancerArn: loadBalancerArn });
    protect('true');
    expect(refusal(remove).code).toBe('OperationNotPermittedException');
    protect('false');
    expect(remove).not.toThrow();
  });
});

describe('load balancer attributes', () => {
  test('come back complete, and take only known keys in their range', () => {
    const fixture = createFixture();
    const attributes = (LoadBalancerArn: string) =>
      new Map(
        fixture
          .elb<DescribeLoadBalancerAttributesOutput>('DescribeLoadBalancerAttributes', { LoadBalancerArn })
          .Attributes?.map(({ Key, Value }) => [Key, Value]),
      );
    expect(Object.fromEntries(attributes(loadBalancerArn))).toMatchObject({
      'idle_timeout.timeout_seconds': '60',
      'client_keep_alive.seconds': '3600',
      'routing.http2.enabled': 'true',
      'load_balancing.cross_zone.enabled': 'true',
      'health_check_logs.s3.enabled': 'false',
      'ipv6.deny_all_igw_traffic': 'false',
    });
    const { LoadBalancers } = fixture.elb<DescribeLoadBalancersOutput>('CreateLoadBalancer', {
      ...create,
      Scheme: 'internal',
    });
    expect(attributes(LoadBalancers?.[0]?.LoadBalancerArn ?? '').get('ipv6.deny_all_igw_traffic')).toBe('true');
    for (const [Key, Value] of [
      ['idle_timeout.timeout_seconds', '4001'],
      ['load_balancing.cross_zone.enabled', 'false'],
      ['no.such.key', '1'],
    ]) {
      const Attributes = [{ Key, Value }];
      const write = () => fixture.elb('ModifyLoadBalancerAttributes', { LoadBalancerArn: loadBalancerArn, Attributes });
      expect(refusal(write).code, Key).toBe('ValidationError');
    }
    const twentyOne = [...attributes(loadBalancerArn)].slice(0, 21).map(([Key, Value]) => ({ Key, Value }));
    const write = (Attributes: object[]) =>
      fixture.elb('ModifyLoadBalancerAttributes', { LoadBalancerArn: loadBalancerArn, Attributes });
    expect(refusal(() => write(twentyOne)).code).toBe('ValidationError');
    expect(() => write(twentyOne.slice(1))).not.toThrow();
  });
});

describe('what may be changed of a load balancer', () => {
  test('subnets, security groups and address type are replaced', () => {
    const fixture = createFixture();
    const LoadBalancerArn = loadBalancerArn;
    const Subnets = ['subnet-a', 'subnet-c'];
    const set = fixture.elb<SetSubnetsOutput>('SetSubnets', { LoadBalancerArn, Subnets });
    expect(set.AvailabilityZones?.map((zone) => zone.ZoneName)).toEqual(['us-east-1a', 'us-east-1c']);
    fixture.elb('SetSecurityGroups', { LoadBalancerArn, SecurityGroups: ['sg-2'] });
    fixture.elb('SetIpAddressType', { LoadBalancerArn, IpAddressType: 'dualstack' });
    const [after] = read(fixture, {}) ?? [];
    expect(after).toMatchObject({ SecurityGroups: ['sg-2'], IpAddressType: 'dualstack' });
    expect(after?.AvailabilityZones?.map((zone) => zone.SubnetId)).toEqual(Subnets);
    const code = (operation: string, input: object) =>
      refusal(() => fixture.elb(operation, { LoadBalancerArn, ...input })).code;
    expect(code('SetSubnets', { Subnets: ['subnet-a', 'subnet-y'] })).toBe('SubnetNotFoundException');
    expect(code('SetSubnets', { Subnets: ['subnet-a'] })).toBe('ValidationError');
    expect(code('SetSecurityGroups', { SecurityGroups: ['sg-9'] })).toBe('InvalidSecurityGroupException');
    expect(code('SetIpAddressType', { IpAddressType: 'ipv6' })).toBe('ValidationError');
  });

  test('no capacity is ever reserved', () => {
    const fixture = createFixture();
    const of = (LoadBalancerArn: string) => fixture.elb('DescribeCapacityReservation', { LoadBalancerArn });
    expect(of(loadBalancerArn)).toEqual({ CapacityReservationState: [] });
    expect(refusal(() => of(`${loadBalancerArn}0`)).code).toBe('LoadBalancerNotFoundException');
  });
});

describe('a fleet file', () => {
  test('a wrong ARN in it is refused by name', () => {
    const fixture = createFixture();
    const seed = { vpcId: 'vpc-1', subnetIds: [], securityGroupIds: [] };
    expect(() => fixture.world.elb.seedLoadBalancer({ ...seed, arn: 'shared' })).toThrow(/'shared'; expected arn:/);
    expect(() => fixture.world.elb.seedListener({ arn: `${listenerArn}/x/y`, loadBalancerArn: 'none' })).toThrow(
      /none/,
    );
  });
});
