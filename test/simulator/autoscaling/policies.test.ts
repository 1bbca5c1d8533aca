import type {
  DescribeScalingPoliciesResponse,
  PutScalingPolicyResponse,
} from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from 'vitest';
import { cpu, createFixture, memory, resourceId, target, tracking } from './fixture.ts';

const alarm = (side: string) => ({
  AlarmName: expect.stringMatching(new RegExp(`^TargetTracking-service/c1/svc-Alarm${side}-[0-9a-f-]{36}$`)),
  AlarmARN: expect.stringMatching(
    new RegExp(`^arn:aws:cloudwatch:us-east-1:111111111111:alarm:TargetTracking-service/c1/svc-Alarm${side}-`),
  ),
});
const withMetric = (type: string, label?: string) => ({
  TargetTrackingScalingPolicyConfiguration: {
    ...tracking(),
    PredefinedMetricSpecification: {
      PredefinedMetricType: type,
      ...(label === undefined ? {} : { ResourceLabel: label }),
    },
  },
});

function registered(options: Parameters<typeof createFixture>[0] = {}) {
  const f = createFixture(options);
  f.register();
  f.world.advance(5);
  return {
    ...f,
    put: (input: object = {}) => f.call<PutScalingPolicyResponse>('PutScalingPolicy', f.policyInput(input)),
    putRefused: (input: object) => f.refused('PutScalingPolicy', f.policyInput(input)),
  };
}

describe('PutScalingPolicy', () => {
  it('makes a policy with an ARN and two alarms', () => {
    const f = registered();
    const put = f.put();
    expect(put).toEqual({
      PolicyARN: expect.stringMatching(
        /^arn:aws:autoscaling:us-east-1:111111111111:scalingPolicy:[0-9a-f-]{36}:resource\/ecs\/service\/c1\/svc:policyName\/cpu$/,
      ),
      Alarms: [alarm('High'), alarm('Low')],
    });
    expect(f.policies()).toEqual([
      {
        ...target,
        PolicyName: 'cpu',
        PolicyARN: put.PolicyARN,
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: tracking(),
        Alarms: put.Alarms,
        CreationTime: expect.any(Date),
      },
    ]);
  });

  it('changes a policy that is there, and keeps its ARN and alarms', () => {
    const f = registered();
    const made = f.put();
    const configuration = tracking({ TargetValue: 70, ScaleInCooldown: 60, ScaleOutCooldown: 0 });
    expect(f.put({ PolicyType: undefined, TargetTrackingScalingPolicyConfiguration: configuration })).toEqual(made);
    expect(f.put({ TargetTrackingScalingPolicyConfiguration: undefined })).toEqual(made);
    expect(f.policies()).toMatchObject([{ TargetTrackingScalingPolicyConfiguration: configuration }]);
  });

  it('makes no low alarm where scale-in is disabled', () => {
    const f = registered();
    const { Alarms } = f.put({ TargetTrackingScalingPolicyConfiguration: tracking({ DisableScaleIn: true }) });
    expect(Alarms).toEqual([alarm('High')]);
  });

  it('refuses a target that is not registered', () => {
    const f = createFixture();
    expect(f.refused('PutScalingPolicy', f.policyInput())).toMatchObject({
      code: 'ObjectNotFoundException',
      message:
        'No scalable target registered for service namespace: ecs, resource ID: service/c1/svc, scalable dimension: ecs:service:DesiredCount',
    });
  });

  it('refuses a second policy on one metric', () => {
    const f = registered();
    f.put();
    expect(f.putRefused({ PolicyName: 'again' })).toMatchObject({
      code: 'ValidationException',
      message: 'Only one TargetTrackingScaling policy for a given metric specification is allowed.',
    });
    f.put({ PolicyName: 'memory', ...withMetric(memory) });
    expect(f.policies()).toHaveLength(2);
  });

  it.each([
    ['no policy type', { PolicyType: undefined }, 'Policy type is required'],
    ['step scaling', { PolicyType: 'StepScaling' }, 'Policy type StepScaling is not supported.'],
    ['a policy type that is none', { PolicyType: 'x' }, "Value 'x' at 'policyType'"],
    [
      'step scaling’s configuration',
      { StepScalingPolicyConfiguration: { Cooldown: 1 } },
      'StepScalingPolicyConfiguration',
    ],
    ['no configuration', { TargetTrackingScalingPolicyConfiguration: undefined }, 'Configuration is required'],
    [
      'no metric',
      { TargetTrackingScalingPolicyConfiguration: { TargetValue: 5 } },
      'A predefined metric specification',
    ],
    [
      'a customized metric',
      {
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 5,
          CustomizedMetricSpecification: { MetricName: 'm' },
        },
      },
      'CustomizedMetricSpecification is not supported.',
    ],
    ['a metric that is none', withMetric('x'), "Value 'x' at 'predefinedMetricType'"],
    [
      'another service’s metric',
      withMetric('RDSReaderAverageCPUUtilization'),
      'is not supported for service namespace ecs',
    ],
    ['a label without need', withMetric(cpu, 'app/a/b/targetgroup/c/d'), 'A resource label cannot be specified'],
    ['no label where one is needed', withMetric('ALBRequestCountPerTarget'), 'Resource label should be specified'],
    ['a target value of 0', { TargetTrackingScalingPolicyConfiguration: tracking({ TargetValue: 0 }) }, 'Target value'],
    [
      'too large a target value',
      { TargetTrackingScalingPolicyConfiguration: tracking({ TargetValue: 1e300 }) },
      'Target value',
    ],
    [
      'a cooldown below 0',
      { TargetTrackingScalingPolicyConfiguration: tracking({ ScaleInCooldown: -1 }) },
      'scaleInCooldown',
    ],
    ['an empty name', { PolicyName: '' }, "at 'policyName'"],
    ['too long a name', { PolicyName: 'x'.repeat(257) }, 'Member must have length less than or equal to 256'],
    ['a name of control characters', { PolicyName: 'a\n' }, 'Invalid policy name'],
  ])('refuses %s', (_what, input, message) => {
    const f = registered();
    expect(f.putRefused(input)).toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining(message),
    });
    expect(f.policies()).toEqual([]);
  });

  it('takes request counts by the label of a load balancer and target group of the service', () => {
    const f = registered({ balanced: true });
    const group = f.groupArn.split(':').at(-1) ?? '';
    const balancer = 'app/shared-1/0123456789abcdef';
    const metric = (label: string) => withMetric('ALBRequestCountPerTarget', label);
    expect(f.putRefused(metric('app/x/y')).message).toContain('Invalid resource label');
    expect(f.putRefused(metric(`${balancer}/targetgroup/other/0123456789abcdef`)).message).toContain('not attached');
    expect(f.putRefused(metric(`app/other/0123456789abcdef/${group}`)).message).toBe(
      'The load balancer does not route traffic to the target group',
    );
    f.put(metric(`${balancer}/${group}`));
    expect(f.policies()).toHaveLength(1);
  });

  it('allows as many policies of one target as the quota says', () => {
    const f = registered();
    const place = { account: '111111111111', region: 'us-east-1' };
    expect(f.world.quotas.get(place, 'policiesPerScalableTarget')).toBe(50);
    f.world.quotas.set(place, 'policiesPerScalableTarget', 1);
    f.put();
    f.put({ TargetTrackingScalingPolicyConfiguration: tracking({ TargetValue: 60 }) });
    expect(f.putRefused({ PolicyName: 'memory', ...withMetric(memory) }).code).toBe('LimitExceededException');
  });
});

describe('DeleteScalingPolicy', () => {
  it('deletes the policy, and does not find it again', () => {
    const f = registered();
    f.put();
    f.call('DeleteScalingPolicy', { ...target, PolicyName: 'cpu' });
    expect(f.policies()).toEqual([]);
    f.measure(100);
    f.minutes(5);
    expect(f.desired()).toBe(2);
    expect(f.refused('DeleteScalingPolicy', { ...target, PolicyName: 'cpu' })).toMatchObject({
      code: 'ObjectNotFoundException',
      message: expect.stringContaining('No scaling policy found for service namespace: ecs'),
    });
  });
});

describe('DescribeScalingPolicies', () => {
  it('gives pages of 10 at most, and selects by resource and name', () => {
    const f = registered();
    for (let n = 0; n < 11; n += 1) {
      f.callAs('ecs', 'CreateService', f.serviceInput({ serviceName: `s${n}`, desiredCount: 0 }));
    }
    f.world.advance(10);
    for (let n = 0; n < 11; n += 1) f.register({ ResourceId: `service/c1/s${n}`, MinCapacity: 0 });
    f.world.advance(5);
    for (let n = 0; n < 11; n += 1) f.put({ ResourceId: `service/c1/s${n}` });
    const read = (input: object) =>
      f.call<DescribeScalingPoliciesResponse>('DescribeScalingPolicies', { ServiceNamespace: 'ecs', ...input });
    const first = read({});
    expect(first.ScalingPolicies).toHaveLength(10);
    expect(read({ NextToken: first.NextToken }).ScalingPolicies).toMatchObject([{ ResourceId: 'service/c1/s10' }]);
    expect(f.refused('DescribeScalingPolicies', { ServiceNamespace: 'ecs', MaxResults: 11 }).code).toBe(
      'ValidationException',
    );
    expect(f.policies({ ResourceId: 'service/c1/s3' })).toHaveLength(1);
    expect(f.policies({ ResourceId: resourceId })).toEqual([]);
    expect(f.policies({ PolicyNames: ['other'] })).toEqual([]);
    const names = Array.from({ length: 51 }, (_, n) => `p${n}`);
    expect(f.refused('DescribeScalingPolicies', { ServiceNamespace: 'ecs', PolicyNames: names }).code).toBe(
      'ValidationException',
    );
    const { ScalableDimension } = target;
    expect(f.refused('DescribeScalingPolicies', { ServiceNamespace: 'ecs', ScalableDimension }).code).toBe(
      'ValidationException',
    );
  });
});
