import type {
  DescribeScalableTargetsResponse,
  DescribeScalingActivitiesResponse,
  DescribeScalingPoliciesResponse,
  PutScalingPolicyRequest,
  PutScalingPolicyResponse,
  RegisterScalableTargetRequest,
  RegisterScalableTargetResponse,
  ScalableTarget,
  ScalingActivity,
  ScalingPolicy,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { expect } from 'vitest';
import type { EcsOptions } from '../../../src/simulator/ecs/index.ts';
import { AwsError } from '../../../src/simulator/kernel.ts';
import type { SimulatedAwsOptions } from '../../../src/simulator/options.ts';
import { createFixture as createEcsFixture, type Fixture as EcsFixture } from '../ecs/fixture.ts';

export const cpu = 'ECSServiceAverageCPUUtilization';
export const memory = 'ECSServiceAverageMemoryUtilization';
export const resourceId = 'service/c1/svc';
export const target = {
  ServiceNamespace: 'ecs',
  ResourceId: resourceId,
  ScalableDimension: 'ecs:service:DesiredCount',
} as const;
export const serviceArn = 'arn:aws:ecs:us-east-1:111111111111:service/c1/svc';

/** A configuration that tracks CPU at 50 %. */
export const tracking = (
  given: Partial<TargetTrackingScalingPolicyConfiguration> = {},
): TargetTrackingScalingPolicyConfiguration => ({
  TargetValue: 50,
  PredefinedMetricSpecification: { PredefinedMetricType: cpu },
  ...given,
});

/** The ECS fixture with a running service `svc` of `desiredCount` tasks, and Application Auto Scaling beside it. */
export function createFixture(
  options: Partial<SimulatedAwsOptions> & EcsOptions & { desiredCount?: number; balanced?: boolean } = {},
) {
  const { desiredCount = 2, balanced = false, ...rest } = options;
  const ecs: EcsFixture = createEcsFixture(rest);
  ecs.register();
  const groupArn = balanced ? ecs.targetGroup('tg') : '';
  ecs.create({
    desiredCount,
    ...(balanced ? { loadBalancers: [{ targetGroupArn: groupArn, containerName: 'app', containerPort: 8080 }] } : {}),
  });
  // Also reads that lag behind show it by then.
  ecs.world.advance(10);
  ecs.until(ecs.stable);
  const { world } = ecs;
  const call = <O = object>(operation: string, input: object, as?: string): O =>
    ecs.callAs<O>('application-autoscaling', operation, input, as);
  const refused = (operation: string, input: object): { code: string; message: string; details: object } => {
    try {
      call(operation, input);
    } catch (error) {
      if (error instanceof AwsError) return { code: error.code, message: error.message, details: error.details };
      throw error;
    }
    return expect.fail(`${operation} was not refused`);
  };
  const register = (input: Partial<RegisterScalableTargetRequest> = {}): string =>
    call<RegisterScalableTargetResponse>('RegisterScalableTarget', {
      ...target,
      MinCapacity: 1,
      MaxCapacity: 10,
      ...input,
    }).ScalableTargetARN ?? '';
  const policyInput = (input: Partial<PutScalingPolicyRequest> = {}): object => ({
    ...target,
    PolicyName: 'cpu',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: tracking(),
    ...input,
  });
  return {
    ...ecs,
    groupArn,
    call,
    refused,
    register,
    policyInput,
    /** Registers the target, waits until other calls see it, and makes a policy. */
    track: (
      configuration: Partial<TargetTrackingScalingPolicyConfiguration> = {},
      bounds: Partial<RegisterScalableTargetRequest> = {},
    ): PutScalingPolicyResponse => {
      register(bounds);
      world.advance(5);
      return call<PutScalingPolicyResponse>(
        'PutScalingPolicy',
        policyInput({ TargetTrackingScalingPolicyConfiguration: tracking(configuration) }),
      );
    },
    registerImage: (family: string, image: string): object =>
      ecs.register({
        family,
        containerDefinitions: [{ name: 'app', image, portMappings: [{ containerPort: 8080 }] }],
      }),
    measure: (value: number | undefined, metric: typeof cpu | typeof memory = cpu): void =>
      world.metrics.set({ service: serviceArn, metric, value }),
    targets: (input: object = {}): ScalableTarget[] =>
      call<DescribeScalableTargetsResponse>('DescribeScalableTargets', { ServiceNamespace: 'ecs', ...input })
        .ScalableTargets ?? [],
    policies: (input: object = {}): ScalingPolicy[] =>
      call<DescribeScalingPoliciesResponse>('DescribeScalingPolicies', { ServiceNamespace: 'ecs', ...input })
        .ScalingPolicies ?? [],
    activities: (input: object = {}): ScalingActivity[] =>
      call<DescribeScalingActivitiesResponse>('DescribeScalingActivities', { ServiceNamespace: 'ecs', ...input })
        .ScalingActivities ?? [],
    desired: (): number | undefined => ecs.service().desiredCount,
    minutes: (count: number): void => world.advance(count * 60),
    /** To the next whole minute, where periods end. */
    toMinute: (): void => world.advance(60 - ((world.now() / 1_000) % 60)),
  };
}
