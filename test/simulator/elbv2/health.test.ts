import type { DescribeTargetHealthOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import type { TargetState } from '../../../src/simulator/kernel.ts';
import { createFixture, healthOf, makeGroup, makeLoadBalancer, makeRule, ruleInput } from './fixture.ts';

const target = { ip: '10.0.0.7', port: 8080 };

function attachedGroup(options: Parameters<typeof createFixture>[0] = {}) {
  const fixture = createFixture(options);
  const group = makeGroup(fixture, 'cw-acme', { HealthCheckIntervalSeconds: 10, HealthyThresholdCount: 3 });
  const rule = makeRule(fixture, ruleInput('acme.example.com', 1, group));
  return { fixture, group, rule, elb: fixture.world.elb };
}

describe('a target that ECS registers', () => {
  test('is initial, and healthy after one passed check within 5 s and an interval', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { fixture, group, elb } = attachedGroup({ seed });
      elb.register(group, target, true);
      expect(healthOf(fixture, group)).toMatchObject({ State: 'initial', Reason: 'Elb.RegistrationInProgress' });
      fixture.world.advance(4.999);
      expect(healthOf(fixture, group)?.State, `seed ${seed}`).toBe('initial');
      fixture.world.advance(10.001);
      expect(healthOf(fixture, group), `seed ${seed}`).toEqual({ State: 'healthy' });
    }
  });

  test('says why it is initial: first registration, then checks', () => {
    const { fixture, group, elb } = attachedGroup({ seed: 3 });
    elb.register(group, target, false);
    fixture.world.advance(5);
    expect(healthOf(fixture, group)).toMatchObject({ State: 'initial', Reason: 'Elb.InitialHealthChecking' });
  });

  test('that never answers is unhealthy only after the whole threshold has failed', () => {
    const { fixture, group, elb } = attachedGroup();
    elb.register(group, target, false);
    fixture.world.advance(14.9);
    expect(healthOf(fixture, group)?.State).toBe('initial');
    fixture.world.advance(10.1);
    expect(healthOf(fixture, group)).toMatchObject({ State: 'unhealthy', Reason: 'Target.FailedHealthChecks' });
  });

  test('that begins to answer late is healthy at its next check', () => {
    const { fixture, group, elb } = attachedGroup();
    elb.register(group, target, false);
    fixture.world.advance(15.5);
    elb.setAnswering(group, target, true);
    fixture.world.advance(10);
    expect(healthOf(fixture, group)?.State).toBe('healthy');
  });

  test('changes later only after interval times threshold, and not at all when it recovers in time', () => {
    const { fixture, group, elb } = attachedGroup();
    elb.register(group, target, true);
    fixture.world.advance(15);
    elb.setAnswering(group, target, false);
    fixture.world.advance(19);
    elb.setAnswering(group, target, true);
    fixture.world.advance(60);
    expect(healthOf(fixture, group)?.State).toBe('healthy');
    elb.setAnswering(group, target, false);
    fixture.world.advance(20);
    expect(healthOf(fixture, group)?.State).toBe('unhealthy');
    elb.setAnswering(group, target, true);
    fixture.world.advance(29.9);
    expect(healthOf(fixture, group)?.State).toBe('unhealthy');
    fixture.world.advance(0.1);
    expect(healthOf(fixture, group)?.State).toBe('healthy');
  });

  test('drains for the deregistration delay and is gone then; listeners hear each step', () => {
    const { fixture, group, elb } = attachedGroup();
    const heard: (TargetState | undefined)[] = [];
    const unsubscribe = elb.onTargetChange((arn, address, state) => {
      expect([arn, address]).toEqual([group, target]);
      heard.push(state);
    });
    elb.register(group, target, true);
    fixture.world.advance(15);
    elb.deregister(group, target);
    expect(healthOf(fixture, group)).toMatchObject({ State: 'draining', Reason: 'Target.DeregistrationInProgress' });
    fixture.world.advance(299);
    expect(elb.targetState(group, target)).toBe('draining');
    fixture.world.advance(1);
    expect(elb.targetState(group, target)).toBeUndefined();
    expect(heard).toEqual(['initial', 'healthy', 'draining', undefined]);
    unsubscribe();
    elb.register(group, target, true);
    expect(heard).toHaveLength(4);
  });

  test('goes on draining whatever its checks were about to say', () => {
    const { fixture, group, elb } = attachedGroup();
    elb.register(group, target, true);
    fixture.world.advance(15);
    elb.setAnswering(group, target, false);
    elb.deregister(group, target);
    fixture.world.advance(60);
    expect(elb.targetState(group, target)).toBe('draining');
  });

  test('registered again while it drains starts anew, and does not go when the drain would have ended', () => {
    const { fixture, group, elb } = attachedGroup();
    elb.register(group, target, true);
    fixture.world.advance(15);
    elb.deregister(group, target);
    fixture.world.advance(100);
    elb.register(group, target, true);
    expect(elb.targetState(group, target)).toBe('initial');
    fixture.world.advance(300);
    expect(elb.targetState(group, target)).toBe('healthy');
  });
});

describe('a group', () => {
  test('without a rule is not checked; attached it is, and detached it stops', () => {
    const fixture = createFixture();
    const group = makeGroup(fixture);
    fixture.world.elb.register(group, target, true);
    fixture.world.advance(600);
    expect(healthOf(fixture, group)).toMatchObject({ State: 'unused', Reason: 'Target.NotInUse' });
    const RuleArn = makeRule(fixture, ruleInput('acme.example.com', 1, group));
    expect(healthOf(fixture, group)?.State).toBe('initial');
    fixture.world.advance(35);
    expect(healthOf(fixture, group)?.State).toBe('healthy');
    fixture.elb('DeleteRule', { RuleArn });
    expect(healthOf(fixture, group)).toMatchObject({ State: 'unused', Reason: 'Target.NotInUse' });
  });

  test('kept by another rule goes on as it was when one rule goes', () => {
    const { fixture, group, rule, elb } = attachedGroup();
    makeRule(fixture, ruleInput('more.example.com', 2, group));
    elb.register(group, target, true);
    fixture.world.advance(15);
    fixture.elb('DeleteRule', { RuleArn: rule });
    expect(elb.targetGroup(group)?.attached).toBe(true);
    expect(healthOf(fixture, group)?.State).toBe('healthy');
  });

  test('of a load balancer that still provisions is not checked before that is active', () => {
    const fixture = createFixture();
    const { listener } = makeLoadBalancer(fixture, 'made');
    const group = makeGroup(fixture);
    makeRule(fixture, { ...ruleInput('acme.example.com', 1, group), ListenerArn: listener });
    fixture.world.elb.register(group, target, true);
    fixture.world.advance(149);
    expect(healthOf(fixture, group)).toMatchObject({ State: 'initial', Reason: 'Elb.RegistrationInProgress' });
    fixture.world.advance(36);
    expect(healthOf(fixture, group)).toEqual({ State: 'healthy' });
  });

  test('with a latency factor of 0 everything happens before the next call', () => {
    const { fixture, group, elb } = attachedGroup({ latencyFactor: 0 });
    elb.register(group, target, true);
    expect(healthOf(fixture, group)).toEqual({ State: 'healthy' });
    elb.setAnswering(group, target, false);
    expect(healthOf(fixture, group)?.State).toBe('unhealthy');
    elb.deregister(group, target);
    expect(healthOf(fixture, group)).toBeUndefined();
  });
});

describe('targets that a call registers', () => {
  test('follow what ECS runs at that address, in whichever group it was registered', () => {
    const { fixture, group, elb } = attachedGroup();
    const other = makeGroup(fixture, 'cw-other');
    makeRule(fixture, ruleInput('other.example.com', 2, other));
    elb.register(group, target, true);
    fixture.elb('RegisterTargets', { TargetGroupArn: other, Targets: [{ Id: target.ip, Port: target.port }] });
    fixture.world.advance(35);
    expect(healthOf(fixture, other)?.State).toBe('healthy');
    elb.setAnswering(group, target, false);
    fixture.world.advance(60);
    expect(healthOf(fixture, other)?.State).toBe('unhealthy');
  });

  test('where nothing listens time out', () => {
    const { fixture, group } = attachedGroup();
    fixture.elb('RegisterTargets', { TargetGroupArn: group, Targets: [{ Id: '10.9.9.9' }] });
    fixture.world.advance(25);
    const { TargetHealthDescriptions } = fixture.elb<DescribeTargetHealthOutput>('DescribeTargetHealth', {
      TargetGroupArn: group,
    });
    expect(TargetHealthDescriptions).toEqual([
      {
        Target: { Id: '10.9.9.9', Port: 80 },
        HealthCheckPort: '80',
        TargetHealth: { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'Request timed out' },
      },
    ]);
  });

  test('deregistering an unknown one succeeds; asking for it says that it is not registered', () => {
    const { fixture, group } = attachedGroup();
    const request = { TargetGroupArn: group, Targets: [{ Id: '10.1.2.3', Port: 80 }] };
    expect(() => fixture.elb('DeregisterTargets', request)).not.toThrow();
    const output = fixture.elb<DescribeTargetHealthOutput>('DescribeTargetHealth', request);
    expect(output.TargetHealthDescriptions?.[0]?.TargetHealth).toMatchObject({
      State: 'unused',
      Reason: 'Target.NotRegistered',
    });
  });
});
