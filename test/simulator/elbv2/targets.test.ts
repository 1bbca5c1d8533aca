import type { DescribeTargetHealthOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import { createFixture, type Fixture, healthOf, makeGroup, makeRule, refusal, ruleInput } from './fixture.ts';

function register(fixture: Fixture, TargetGroupArn: string, ...Targets: object[]): object {
  return fixture.elb('RegisterTargets', { TargetGroupArn, Targets });
}

function targetsOf(fixture: Fixture, TargetGroupArn: string, Targets?: object[]) {
  return fixture.elb<DescribeTargetHealthOutput>('DescribeTargetHealth', { TargetGroupArn, Targets })
    .TargetHealthDescriptions;
}

describe('RegisterTargets', () => {
  test.each([
    ['an address of the internet', { Id: '8.8.8.8' }, 'InvalidTargetException'],
    ['an address beside the private ranges', { Id: '172.32.0.1' }, 'InvalidTargetException'],
    ['an IPv6 address', { Id: 'fd00::1' }, 'InvalidTargetException'],
    ['what is no address', { Id: 'i-0123456789abcdef0' }, 'ValidationError'],
    ['port 0', { Id: '10.0.0.7', Port: 0 }, 'ValidationError'],
    ['port 65,536', { Id: '10.0.0.7', Port: 65_536 }, 'ValidationError'],
    ['a zone of another Region', { Id: '10.0.0.7', AvailabilityZone: 'eu-west-1a' }, 'ValidationError'],
    ['no target', {}, 'ValidationError'],
  ])('refuses %s, and then registers nothing', (_what, target, code) => {
    const fixture = createFixture();
    const group = makeGroup(fixture);
    expect(refusal(() => register(fixture, group, { Id: '10.0.0.6' }, target)).code).toBe(code);
    expect(targetsOf(fixture, group)).toEqual([]);
  });

  test('takes the private ranges, and the zone `all` for what stands outside of the VPC', () => {
    const fixture = createFixture();
    const group = makeGroup(fixture);
    for (const Id of ['10.0.0.7', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '100.127.0.1']) {
      expect(() => register(fixture, group, { Id, AvailabilityZone: 'all' }), Id).not.toThrow();
    }
    expect(() => register(fixture, group)).toThrow();
  });

  test('finds neither instances nor functions in the simulated accounts', () => {
    const fixture = createFixture();
    const instances = makeGroup(fixture, 'instances', { TargetType: 'instance' });
    expect(refusal(() => register(fixture, instances, { Id: 'i-0123456789abcdef0' })).code).toBe(
      'InvalidTargetException',
    );
    const { TargetGroups: [functions] = [] } = fixture.elb<{ TargetGroups: { TargetGroupArn: string }[] }>(
      'CreateTargetGroup',
      { Name: 'functions', TargetType: 'lambda' },
    );
    const Id = 'arn:aws:lambda:us-east-1:111111111111:function:f';
    expect(refusal(() => register(fixture, functions?.TargetGroupArn ?? '', { Id })).code).toBe(
      'InvalidTargetException',
    );
  });

  test('one address may be registered at several ports', () => {
    const fixture = createFixture();
    const group = makeGroup(fixture);
    register(fixture, group, { Id: '10.0.0.7' }, { Id: '10.0.0.7', Port: 81 }, { Id: '10.0.0.7', Port: 80 });
    expect(targetsOf(fixture, group)?.map((one) => one.Target?.Port)).toEqual([80, 81]);
  });
});

describe('DeregisterTargets', () => {
  test('without a port means the port of the group: a target at another port stays', () => {
    const fixture = createFixture();
    const group = makeGroup(fixture);
    register(fixture, group, { Id: '10.0.0.7', Port: 8080 });
    const deregister = (target: object) =>
      fixture.elb('DeregisterTargets', { TargetGroupArn: group, Targets: [target] });
    deregister({ Id: '10.0.0.7' });
    expect(targetsOf(fixture, group)).toHaveLength(1);
    expect(targetsOf(fixture, group, [{ Id: '10.0.0.7' }])?.[0]?.TargetHealth?.Reason).toBe('Target.NotRegistered');
    deregister({ Id: '10.0.0.7', Port: 8080 });
    expect(targetsOf(fixture, group)).toEqual([]);
  });

  test.each([
    [0, 0],
    [3_600, 3_600],
  ])('drains for as long as the group says: %d s', (delay, seconds) => {
    const fixture = createFixture();
    const group = makeGroup(fixture);
    makeRule(fixture, ruleInput('a.example.com', 1, group));
    const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: String(delay) }];
    fixture.elb('ModifyTargetGroupAttributes', { TargetGroupArn: group, Attributes });
    const Targets = [{ Id: '10.0.0.7', Port: 80 }];
    register(fixture, group, ...Targets);
    fixture.world.advance(100);
    fixture.elb('DeregisterTargets', { TargetGroupArn: group, Targets });
    if (seconds > 0) {
      fixture.world.advance(seconds - 1);
      expect(healthOf(fixture, group)?.State).toBe('draining');
      fixture.world.advance(1);
    }
    expect(healthOf(fixture, group)).toBeUndefined();
  });
});
