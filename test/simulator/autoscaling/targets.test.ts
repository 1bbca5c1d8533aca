import type { DescribeScalableTargetsResponse } from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from 'vitest';
import { createAutoscaling } from '../../../src/simulator/autoscaling/index.ts';
import { createFixture, resourceId, target } from './fixture.ts';

const notThere = 'service namespace: ecs, resource ID: service/c1/svc, scalable dimension: ecs:service:DesiredCount';
const place = { account: '111111111111', region: 'us-east-1' };

describe('RegisterScalableTarget', () => {
  it('makes a target with the service-linked role, and nothing suspended', () => {
    const f = createFixture();
    const arn = f.register({ RoleARN: 'arn:aws:iam::111111111111:role/mine' });
    expect(arn).toMatch(/^arn:aws:application-autoscaling:us-east-1:111111111111:scalable-target\/[0-9a-f]{36}$/);
    f.world.advance(5);
    expect(f.targets()).toEqual([
      {
        ...target,
        MinCapacity: 1,
        MaxCapacity: 10,
        RoleARN:
          'arn:aws:iam::111111111111:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService',
        CreationTime: expect.any(Date),
        SuspendedState: {
          DynamicScalingInSuspended: false,
          DynamicScalingOutSuspended: false,
          ScheduledScalingSuspended: false,
        },
        ScalableTargetARN: arn,
      },
    ]);
  });

  it('changes what is given of a target that is there, and keeps the rest', () => {
    const f = createFixture();
    const arn = f.register({ SuspendedState: { DynamicScalingInSuspended: true } });
    expect(f.call('RegisterScalableTarget', { ...target, MaxCapacity: 7 })).toEqual({ ScalableTargetARN: arn });
    f.call('RegisterScalableTarget', { ...target, SuspendedState: { DynamicScalingOutSuspended: true } });
    f.world.advance(5);
    expect(f.targets()).toMatchObject([
      {
        MinCapacity: 1,
        MaxCapacity: 7,
        SuspendedState: { DynamicScalingInSuspended: true, DynamicScalingOutSuspended: true },
      },
    ]);
  });

  it('moves a desired count from outside of the bounds inside', () => {
    const f = createFixture({ desiredCount: 2 });
    f.register({ MinCapacity: 3, MaxCapacity: 5 });
    expect(f.desired()).toBe(3);
    expect(f.activities()).toMatchObject([
      { Description: 'Setting desired count to 3.', Cause: 'minimum capacity was set to 3', StatusCode: 'InProgress' },
    ]);
    f.register({ MinCapacity: 0, MaxCapacity: 1 });
    expect(f.desired()).toBe(1);
    expect(f.activities()[0]).toMatchObject({ Cause: 'maximum capacity was set to 1' });
    f.until(f.stable);
  });

  it('does so too for a count that was set by hand, when the bounds are not given', () => {
    const f = createFixture();
    f.register({ MinCapacity: 2 });
    f.callAs('ecs', 'UpdateService', { cluster: 'c1', service: 'svc', desiredCount: 1 });
    f.call('RegisterScalableTarget', target);
    expect(f.desired()).toBe(2);
  });

  it('leaves a service alone that is draining, and keeps its count inside of what ECS allows', () => {
    const f = createFixture();
    f.world.quotas.set(place, 'tasksPerService', 4);
    f.register({ MinCapacity: 6, MaxCapacity: 9 });
    expect(f.desired()).toBe(4);
    f.callAs('ecs', 'DeleteService', { cluster: 'c1', service: 'svc', force: true });
    f.register({ MinCapacity: 3 });
    expect(f.desired()).toBe(0);
  });

  it('shows a new target to other calls after a brief delay', () => {
    const seen = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
      const f = createFixture({ seed });
      f.register();
      const before = f.targets().length;
      if (before === 0) {
        expect(f.refused('PutScalingPolicy', f.policyInput())).toMatchObject({ code: 'ObjectNotFoundException' });
      }
      f.world.advance(2);
      expect(f.targets()).toHaveLength(1);
      return before;
    });
    expect(new Set(seen)).toEqual(new Set([0, 1]));
  });

  it('shows it at once, and ends activities as soon as tasks run, where latencies are 0', () => {
    for (const seed of [1, 2, 3, 4]) {
      const f = createFixture({ seed, latencyFactor: 0 });
      f.register({ MinCapacity: 3 });
      expect(f.targets()).toHaveLength(1);
      f.world.advance(60);
      expect(f.activities()).toMatchObject([{ StatusCode: 'Successful' }]);
    }
  });

  it('refuses a service that is not there, or that reads do not show yet', () => {
    const f = createFixture();
    expect(
      f.refused('RegisterScalableTarget', { ...target, ResourceId: 'service/c1/none', MinCapacity: 1, MaxCapacity: 2 }),
    ).toMatchObject({ code: 'ValidationException', message: "ECS service doesn't exist: service/c1/none" });
    const outcomes = Array.from({ length: 12 }, (_, n) => {
      f.callAs('ecs', 'CreateService', f.serviceInput({ serviceName: `new-${n}` }));
      const input = { ...target, ResourceId: `service/c1/new-${n}`, MinCapacity: 1, MaxCapacity: 2 };
      try {
        f.call('RegisterScalableTarget', input);
        return 'registered';
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(outcomes).toContain('registered');
    expect(outcomes.some((outcome) => outcome.startsWith("ECS service doesn't exist"))).toBe(true);
  });

  it.each([
    ['another namespace', { ServiceNamespace: 'dynamodb' }, 'Unsupported service namespace, resource type or scalable'],
    ['no namespace', { ServiceNamespace: 'ECS' }, "Value 'ECS' at 'serviceNamespace' failed to satisfy constraint"],
    ['another dimension', { ScalableDimension: 'rds:cluster:ReadReplicaCount' }, 'Unsupported service namespace'],
    ['no dimension', { ScalableDimension: 'x' }, "Value 'x' at 'scalableDimension' failed to satisfy constraint"],
    ['another resource', { ResourceId: 'table/t' }, 'Unsupported service namespace, resource type or scalable'],
    ['a resource without cluster', { ResourceId: 'service/svc' }, 'Unsupported service namespace, resource type'],
    ['too long a resource', { ResourceId: 'x'.repeat(1_601) }, 'Member must have length less than or equal to 1600'],
    ['a minimum below 0', { MinCapacity: -1 }, 'Minimum capacity cannot be less than 0.'],
    ['a maximum below the minimum', { MaxCapacity: 0 }, 'Maximum capacity cannot be less than minimum capacity.'],
    ['no minimum', { MinCapacity: undefined }, 'Minimum capacity and maximum capacity are required'],
    ['an empty tag value', { Tags: { a: ' ' } }, 'Tag values cannot be empty or blank'],
    ['a tag of AWS’s own', { Tags: { 'aws:a': 'b' } }, 'aws: prefixed tag key names are not allowed'],
  ])('refuses %s', (_what, given, message) => {
    const f = createFixture();
    const input = { ...target, MinCapacity: 1, MaxCapacity: 2, ...given };
    expect(f.refused('RegisterScalableTarget', input)).toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining(message),
    });
    f.world.advance(5);
    expect(f.targets()).toEqual([]);
  });

  it('allows as many targets as the quota says, in each Region', () => {
    const f = createFixture();
    f.world.quotas.set(place, 'scalableTargets', 1);
    f.create({ serviceName: 'other' });
    f.register();
    f.register({ MaxCapacity: 4 });
    const input = { ...target, ResourceId: 'service/c1/other', MinCapacity: 1, MaxCapacity: 2 };
    expect(f.refused('RegisterScalableTarget', input).code).toBe('LimitExceededException');
    f.world.quotas.set(place, 'scalableTargets', undefined);
    expect(f.world.quotas.get(place, 'scalableTargets')).toBe(3_000);
    f.call('RegisterScalableTarget', input);
  });
});

describe('the end of a target', () => {
  it('takes its policies with it, and leaves the service as it is', () => {
    const f = createFixture();
    f.track();
    f.call('DeregisterScalableTarget', target);
    expect(f.targets()).toEqual([]);
    expect(f.policies()).toEqual([]);
    expect(f.desired()).toBe(2);
    f.measure(100);
    f.minutes(10);
    expect(f.desired()).toBe(2);
    expect(f.refused('DeregisterScalableTarget', target)).toMatchObject({
      code: 'ObjectNotFoundException',
      message: `No scalable target found for ${notThere}`,
    });
  });

  it('comes with the deletion of its service', () => {
    const f = createFixture();
    f.track();
    f.callAs('ecs', 'DeleteService', { cluster: 'c1', service: 'svc', force: true });
    expect(f.refused('DeregisterScalableTarget', target).code).toBe('ObjectNotFoundException');
    f.register();
    f.until(() => f.service().status === 'INACTIVE');
    expect(f.targets()).toEqual([]);
    expect(f.refused('RegisterScalableTarget', { ...target, MinCapacity: 1, MaxCapacity: 2 }).message).toContain(
      "ECS service doesn't exist",
    );
  });
});

describe('DescribeScalableTargets', () => {
  it('gives pages of 50 at most', () => {
    const f = createFixture();
    for (let n = 0; n < 51; n += 1)
      f.callAs('ecs', 'CreateService', f.serviceInput({ serviceName: `s${n}`, desiredCount: 0 }));
    f.world.advance(10);
    for (let n = 0; n < 51; n += 1) f.register({ ResourceId: `service/c1/s${n}`, MinCapacity: 0 });
    f.world.advance(5);
    const read = (input: object) =>
      f.call<DescribeScalableTargetsResponse>('DescribeScalableTargets', { ServiceNamespace: 'ecs', ...input });
    const first = read({});
    expect(first.ScalableTargets).toHaveLength(50);
    expect(read({ NextToken: first.NextToken }).ScalableTargets?.map(({ ResourceId }) => ResourceId)).toEqual([
      'service/c1/s50',
    ]);
    expect(read({ MaxResults: 3 }).ScalableTargets).toHaveLength(3);
    expect(f.refused('DescribeScalableTargets', { ServiceNamespace: 'ecs', MaxResults: 51 }).code).toBe(
      'ValidationException',
    );
    expect(f.refused('DescribeScalableTargets', { ServiceNamespace: 'ecs', NextToken: '!' }).code).toBe(
      'InvalidNextTokenException',
    );
    const ids = Array.from({ length: 51 }, (_, n) => `service/c1/s${n}`);
    expect(f.targets({ ResourceIds: ids.slice(0, 2) })).toHaveLength(2);
    expect(f.refused('DescribeScalableTargets', { ServiceNamespace: 'ecs', ResourceIds: ids }).message).toContain(
      'Member must have length less than or equal to 50',
    );
  });

  it('takes a dimension only with a resource, and leaves out unknown ones', () => {
    const f = createFixture();
    f.register();
    f.world.advance(5);
    const { ScalableDimension } = target;
    expect(f.refused('DescribeScalableTargets', { ServiceNamespace: 'ecs', ScalableDimension }).code).toBe(
      'ValidationException',
    );
    expect(f.targets({ ResourceIds: [resourceId, 'service/c1/none'], ScalableDimension })).toHaveLength(1);
    expect(
      f.call<DescribeScalableTargetsResponse>('DescribeScalableTargets', { ServiceNamespace: 'ecs' }, '222222222222')
        .ScalableTargets,
    ).toEqual([]);
  });
});

describe('tags', () => {
  it('are given to a new target, then added, replaced and taken away', () => {
    const f = createFixture();
    const arn = f.register({ Tags: { tenant: 'acme' } });
    f.world.advance(5);
    f.call('TagResource', { ResourceARN: arn, Tags: { tenant: 'beta', tier: 'a' } });
    expect(f.call('ListTagsForResource', { ResourceARN: arn })).toEqual({ Tags: { tenant: 'beta', tier: 'a' } });
    f.call('UntagResource', { ResourceARN: arn, TagKeys: ['tier', 'none'] });
    expect(f.call('ListTagsForResource', { ResourceARN: arn })).toEqual({ Tags: { tenant: 'beta' } });
  });

  it('cannot be given to a target that is registered already', () => {
    const f = createFixture();
    f.register({ Tags: { a: 'b' } });
    expect(f.refused('RegisterScalableTarget', { ...target, MaxCapacity: 3, Tags: { a: 'b' } })).toMatchObject({
      code: 'ValidationException',
      message:
        'The scalable target that you tried to tag already exists. To update tags on an existing scalable target, use the TagResource API.',
    });
    f.world.advance(5);
    expect(f.targets()).toMatchObject([{ MaxCapacity: 10 }]);
  });

  it('are 50 at most, on targets that exist', () => {
    const f = createFixture();
    const arn = f.register();
    f.world.advance(5);
    const tags = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, 'v']));
    expect(f.refused('TagResource', { ResourceARN: arn, Tags: tags })).toMatchObject({
      code: 'TooManyTagsException',
      details: { fields: { ResourceName: arn } },
    });
    const other = `${arn.slice(0, -1)}x`;
    expect(f.refused('ListTagsForResource', { ResourceARN: other })).toMatchObject({
      code: 'ResourceNotFoundException',
      details: { fields: { ResourceName: other } },
    });
    expect(f.refused('ListTagsForResource', { ResourceARN: resourceId }).code).toBe('ValidationException');
    const keys = Array.from({ length: 201 }, (_, n) => `k${n}`);
    expect(f.refused('UntagResource', { ResourceARN: arn, TagKeys: keys }).code).toBe('ValidationException');
  });
});

describe('every operation', () => {
  it('answers reads in 50 ms and writes in 150 ms, without a bucket', () => {
    const { operations } = createAutoscaling(createFixture().world).service;
    expect(operations.size).toBe(10);
    for (const [name, operation] of operations) {
      expect(operation.latencyMs, name).toBe(/^(Describe|List)/.test(name) ? 50 : 150);
      expect('buckets' in operation, name).toBe(false);
    }
  });

  it('says ThrottlingException where a fault plan throttles it', () => {
    expect(createAutoscaling(createFixture().world).service.throttled().code).toBe('ThrottlingException');
  });

  it('draws nothing from the account’s buckets of ECS when the desired count is set', () => {
    const f = createFixture({ throttle: true });
    const used = () => f.world.bucketUsage().filter(({ bucket }) => bucket === 'ecs/service-modify');
    const before = used();
    f.register({ MinCapacity: 4 });
    expect(used()).toEqual(before);
    expect(f.world.log.since(0, 100_000).filter(({ operation }) => operation === 'UpdateService')).toEqual([]);
    expect(f.desired()).toBe(4);
  });
});
