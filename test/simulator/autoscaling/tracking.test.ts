import { describe, expect, it } from 'vitest';
import { createFixture, memory, serviceArn, target, tracking } from './fixture.ts';

type Fixture = ReturnType<typeof createFixture>;

/** Waits until as many tasks run as are wanted, and for the next whole minute. */
function settle(f: Fixture): void {
  f.until(() => f.service().runningCount === f.service().desiredCount);
  f.toMinute();
}

function tracked(options: Parameters<typeof createFixture>[0] = {}, ...given: Parameters<Fixture['track']>): Fixture {
  const f = createFixture(options);
  f.track(...given);
  f.toMinute();
  return f;
}

const moreMemory = (f: Fixture, given: object = {}) =>
  f.call(
    'PutScalingPolicy',
    f.policyInput({
      PolicyName: 'memory',
      TargetTrackingScalingPolicyConfiguration: {
        ...tracking(),
        PredefinedMetricSpecification: { PredefinedMetricType: memory },
        ...given,
      },
    }),
  );

describe('scale-out', () => {
  it('comes after three periods above the target, in proportion to the metric', () => {
    const f = tracked();
    f.measure(100);
    f.minutes(2);
    expect(f.desired()).toBe(2);
    f.minutes(1);
    expect(f.desired()).toBe(4);
  });

  it('rounds up, and takes no step for a fraction that only computers have', () => {
    const f = tracked({ desiredCount: 10 }, { TargetValue: 70 }, { MaxCapacity: 20 });
    f.measure(77);
    f.minutes(3);
    expect(f.desired()).toBe(11);
    const g = tracked({ desiredCount: 2 });
    g.measure(51);
    g.minutes(3);
    expect(g.desired()).toBe(3);
  });

  it('does not come when the row of periods is broken, by a low value or by none', () => {
    for (const breaks of [50, undefined]) {
      const f = tracked();
      f.measure(100);
      f.minutes(2);
      f.measure(breaks);
      f.minutes(1);
      f.measure(100);
      f.minutes(2);
      expect(f.desired()).toBe(2);
      f.minutes(1);
      expect(f.desired()).toBe(4);
    }
  });

  it('stops at the maximum', () => {
    const f = tracked({}, {}, { MaxCapacity: 3 });
    f.measure(500);
    f.minutes(30);
    expect(f.desired()).toBe(3);
    expect(f.activities()).toHaveLength(1);
  });

  it('waits for its cooldown, 300 seconds unless told otherwise', () => {
    const f = tracked({}, {}, { MaxCapacity: 100 });
    f.measure(75);
    f.minutes(3);
    expect(f.desired()).toBe(3);
    f.minutes(4);
    expect(f.desired()).toBe(3);
    settle(f);
    f.minutes(1);
    expect(f.desired()).toBe(5);
    const g = tracked({}, { ScaleOutCooldown: 0 });
    g.measure(75);
    g.minutes(3);
    expect(g.desired()).toBe(3);
    g.minutes(4);
    expect(g.desired()).toBeGreaterThan(3);
  });

  it('is followed in its cooldown by a larger one only, which counts what was added', () => {
    const f = tracked({}, { ScaleOutCooldown: 600 });
    f.measure(75);
    f.minutes(3);
    expect(f.desired()).toBe(3);
    settle(f);
    f.minutes(1);
    expect(f.desired()).toBe(3);
    f.measure(150);
    f.minutes(1);
    expect(f.desired()).toBe(6);
  });

  it('starts from the tasks that run, not from those that are wanted', () => {
    const f = tracked({}, {}, { MaxCapacity: 20 });
    f.measure(100);
    f.world.advance(175);
    f.callAs('ecs', 'UpdateService', { cluster: 'c1', service: 'svc', desiredCount: 10 });
    f.world.advance(5);
    expect(f.service().runningCount).toBe(2);
    expect(f.desired()).toBe(10);
  });

  it('counts the tasks of both deployments while one replaces the other', () => {
    const f = tracked({ balanced: true }, {}, { MaxCapacity: 20 });
    f.registerImage('stuck', 'unhealthy:1');
    f.callAs('ecs', 'UpdateService', {
      cluster: 'c1',
      service: 'svc',
      taskDefinition: 'stuck',
      healthCheckGracePeriodSeconds: 36_000,
    });
    f.until(() => f.service().runningCount === 4);
    f.toMinute();
    f.measure(75);
    f.minutes(3);
    expect(f.desired()).toBe(6);
  });

  it('is suspended on demand, and goes on when it is resumed', () => {
    const f = tracked({}, {}, { SuspendedState: { DynamicScalingOutSuspended: true } });
    f.measure(100);
    f.minutes(10);
    expect(f.desired()).toBe(2);
    f.call('RegisterScalableTarget', { ...target, SuspendedState: { DynamicScalingOutSuspended: false } });
    f.minutes(1);
    expect(f.desired()).toBe(4);
  });
});

describe('scale-in', () => {
  it('comes after fifteen periods below nine tenths of the target', () => {
    const f = tracked({ desiredCount: 4 });
    f.measure(45);
    f.minutes(20);
    expect(f.desired()).toBe(4);
    f.measure(44.9 / 2);
    f.minutes(14);
    expect(f.desired()).toBe(4);
    f.minutes(1);
    expect(f.desired()).toBe(3);
  });

  it('goes by a tenth of what runs, one task at least, and waits for its cooldown', () => {
    const f = tracked({ desiredCount: 20 }, { ScaleInCooldown: 120 }, { MaxCapacity: 30 });
    f.measure(0);
    f.minutes(15);
    expect(f.desired()).toBe(18);
    f.minutes(1);
    expect(f.desired()).toBe(18);
    f.minutes(1);
    expect(f.desired()).toBeLessThan(18);
  });

  it('never takes more than the metric says, and stops at the minimum', () => {
    const f = tracked({ desiredCount: 20 }, {}, { MaxCapacity: 30 });
    f.measure(44.9);
    f.minutes(15);
    expect(f.desired()).toBe(18);
    const g = tracked({ desiredCount: 3 }, { ScaleInCooldown: 0 }, { MinCapacity: 2 });
    g.measure(0);
    g.minutes(40);
    expect(g.desired()).toBe(2);
  });

  it('can be disabled, or suspended', () => {
    const f = tracked({ desiredCount: 4 }, { DisableScaleIn: true });
    f.measure(0);
    f.minutes(30);
    expect(f.desired()).toBe(4);
    const g = tracked({ desiredCount: 4 }, {}, { SuspendedState: { DynamicScalingInSuspended: true } });
    g.measure(0);
    g.minutes(30);
    expect(g.desired()).toBe(4);
  });

  it('does not keep a scale-out waiting: that ends its cooldown', () => {
    const f = tracked({ desiredCount: 4 }, { ScaleInCooldown: 3_600 });
    f.measure(0);
    f.minutes(15);
    expect(f.desired()).toBe(3);
    settle(f);
    f.measure(100);
    f.minutes(3);
    expect(f.desired()).toBe(6);
    settle(f);
    f.measure(0);
    f.minutes(15);
    expect(f.desired()).toBe(5);
  });

  it('waits while a deployment is in progress; scale-out goes on', () => {
    const f = tracked({ desiredCount: 4 });
    f.registerImage('broken', 'fails-to-start:1');
    f.callAs('ecs', 'UpdateService', { cluster: 'c1', service: 'svc', taskDefinition: 'broken' });
    f.measure(0);
    f.minutes(30);
    expect(f.desired()).toBe(4);
    f.measure(100);
    f.minutes(3);
    expect(f.desired()).toBe(8);
  });
});

describe('several policies', () => {
  it('scale out as soon as one is ready, as far as that which wants most', () => {
    const f = tracked({}, {}, { MaxCapacity: 20 });
    moreMemory(f);
    f.measure(75);
    f.minutes(3);
    expect(f.desired()).toBe(3);
    const g = tracked({}, {}, { MaxCapacity: 20 });
    moreMemory(g);
    g.measure(75);
    g.measure(200, memory);
    g.minutes(3);
    expect(g.desired()).toBe(8);
    expect(g.activities()[0]?.Cause).toMatch(/triggered policy memory$/);
  });

  it('scale in only when all that may are ready', () => {
    const f = tracked({ desiredCount: 4 });
    moreMemory(f);
    f.measure(0);
    f.minutes(20);
    expect(f.desired()).toBe(4);
    f.measure(50, memory);
    f.minutes(20);
    expect(f.desired()).toBe(4);
    moreMemory(f, { DisableScaleIn: true });
    f.minutes(1);
    expect(f.desired()).toBe(3);
  });
});

describe('a desired count that was set by hand', () => {
  it('is overwritten by the next scaling activity', () => {
    const f = tracked();
    f.callAs('ecs', 'UpdateService', { cluster: 'c1', service: 'svc', desiredCount: 3 });
    settle(f);
    f.measure(100);
    f.minutes(3);
    expect(f.desired()).toBe(6);
  });

  it('stays below the minimum until a scale-out, and above the maximum until a scale-in', () => {
    const f = tracked({ desiredCount: 4 }, {}, { MinCapacity: 3 });
    f.callAs('ecs', 'UpdateService', { cluster: 'c1', service: 'svc', desiredCount: 1 });
    settle(f);
    f.measure(0);
    f.minutes(20);
    expect(f.desired()).toBe(1);
    f.measure(60);
    f.minutes(3);
    expect(f.desired()).toBe(3);
    const g = tracked({}, {}, { MaxCapacity: 3 });
    g.callAs('ecs', 'UpdateService', { cluster: 'c1', service: 'svc', desiredCount: 8 });
    settle(g);
    g.measure(100);
    g.minutes(5);
    expect(g.desired()).toBe(8);
    g.measure(0);
    g.minutes(15);
    expect(g.desired()).toBe(3);
  });
});

describe('scaling activities', () => {
  it('tell what set them off, and when ECS has fulfilled them', () => {
    const f = tracked();
    const alarm = f.policies()[0]?.Alarms?.[0]?.AlarmName;
    f.measure(100);
    f.minutes(3);
    const activity = {
      ServiceNamespace: 'ecs',
      ResourceId: 'service/c1/svc',
      ScalableDimension: 'ecs:service:DesiredCount',
      Description: 'Setting desired count to 4.',
      Cause: `monitor alarm ${alarm} in state ALARM triggered policy cpu`,
      StatusCode: 'InProgress',
      StatusMessage: 'Successfully set desired count to 4. Waiting for change to be fulfilled by ecs.',
    };
    expect(f.activities()).toMatchObject([activity]);
    f.measure(50);
    f.until(() => f.activities()[0]?.StatusCode !== 'InProgress');
    expect(f.service().runningCount).toBe(4);
    expect(f.activities()).toEqual([
      {
        ...activity,
        ActivityId: expect.any(String),
        StartTime: expect.any(Date),
        EndTime: expect.any(Date),
        StatusCode: 'Successful',
        StatusMessage: 'Successfully set desired count to 4. Change successfully fulfilled by ecs.',
      },
    ]);
  });

  it('are overridden by newer ones, and unfulfilled after an hour', () => {
    const f = createFixture();
    f.register({ MinCapacity: 3 });
    f.register({ MinCapacity: 4 });
    expect(f.activities().map(({ StatusCode }) => StatusCode)).toEqual(['InProgress', 'Overridden']);
    f.callAs('ecs', 'UpdateService', { cluster: 'c1', service: 'svc', desiredCount: 0 });
    f.minutes(61);
    expect(f.activities()[0]?.StatusCode).toBe('Unfulfilled');
  });

  it('are told newest first, for six weeks, also of a target that is gone', () => {
    const f = createFixture();
    f.register({ MinCapacity: 3 });
    f.world.advance(60);
    f.register({ MinCapacity: 4 });
    f.call('DeregisterScalableTarget', target);
    const counts = () => f.activities({ ResourceId: target.ResourceId }).map(({ Description }) => Description);
    expect(counts()).toEqual(['Setting desired count to 4.', 'Setting desired count to 3.']);
    expect(f.activities({ ResourceId: 'service/c1/other' })).toEqual([]);
    expect(f.activities({ MaxResults: 1 })).toHaveLength(1);
    expect(f.refused('DescribeScalingActivities', { ServiceNamespace: 'ecs', MaxResults: 51 }).code).toBe(
      'ValidationException',
    );
    expect(
      f.refused('DescribeScalingActivities', { ServiceNamespace: 'ecs', IncludeNotScaledActivities: true }).message,
    ).toContain('IncludeNotScaledActivities');
    f.world.advance(42 * 86_400);
    expect(counts()).toEqual([]);
  });

  it('are no events of the service', () => {
    const f = tracked();
    const before = f.messages();
    f.measure(100);
    f.minutes(3);
    expect(f.desired()).toBe(4);
    const since = f.messages().slice(0, f.messages().length - before.length);
    expect(since.filter((message) => message.includes('desired count'))).toEqual([]);
  });
});

describe('what CloudWatch measures', () => {
  it('is nothing by itself: a policy without data does nothing, and costs no time', () => {
    const f = tracked();
    f.minutes(60);
    const before = f.world.happened;
    f.minutes(24 * 60);
    expect(f.world.happened).toBe(before);
    expect(f.desired()).toBe(2);
  });

  it('costs no time for services without policies, and none after the policy', () => {
    const f = createFixture();
    f.register();
    f.measure(100);
    f.minutes(60);
    const before = f.world.happened;
    f.minutes(60);
    expect(f.world.happened).toBe(before);
    f.call('PutScalingPolicy', f.policyInput());
    f.minutes(60);
    f.call('DeleteScalingPolicy', { ...target, PolicyName: 'cpu' });
    f.minutes(60);
    const after = f.world.happened;
    f.minutes(60);
    expect(f.world.happened).toBe(after);
  });

  it.each([
    ['a service that is none', { service: 'c1/svc', value: 1 }],
    ['a metric that is none', { service: serviceArn, metric: 'Load' as never, value: 1 }],
    ['a value below 0', { service: serviceArn, value: -1 }],
    ['a value that is no number', { service: serviceArn, value: Number.NaN }],
  ])('cannot be %s', (_what, datum) => {
    const f = createFixture();
    expect(() => f.world.metrics.set({ metric: memory, ...datum })).toThrow(RangeError);
  });

  it('is known to the copies that answer reads which lag behind', () => {
    const lagMs = 7_000;
    const f = tracked({ readLagMs: { ecs: lagMs, 'application-autoscaling': lagMs } });
    f.measure(100);
    f.minutes(3);
    expect(f.desired()).toBe(2);
    f.world.advance(lagMs / 1_000);
    expect(f.desired()).toBe(4);
    expect(f.activities()).toMatchObject([{ Description: 'Setting desired count to 4.' }]);
  });
});
