import {
  DeleteScalingPolicyCommand,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  ListTagsForResourceCommand,
  ObjectNotFoundException,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
  TagResourceCommand,
  TooManyTagsException,
  ValidationException,
} from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from 'vitest';
import { clientsOf } from '../support/clients.ts';
import { createFixture, target, tracking } from './fixture.ts';

describe('through the real SDK client', () => {
  it('registers, scales, tells and takes away', async () => {
    const f = createFixture();
    const client = clientsOf(f.world)['application-autoscaling'];
    const { ScalableTargetARN: arn } = await client.send(
      new RegisterScalableTargetCommand({ ...target, MinCapacity: 3, MaxCapacity: 9, Tags: { tenant: 'acme' } }),
    );
    f.world.advance(5);
    const { ScalableTargets } = await client.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' }));
    expect(ScalableTargets?.[0]).toMatchObject({ ScalableTargetARN: arn, MinCapacity: 3 });
    expect(ScalableTargets?.[0]?.CreationTime).toBeInstanceOf(Date);
    const put = await client.send(
      new PutScalingPolicyCommand({
        ...target,
        PolicyName: 'cpu',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: tracking({ TargetValue: 62.5 }),
      }),
    );
    expect(put.Alarms).toHaveLength(2);
    const { ScalingPolicies } = await client.send(new DescribeScalingPoliciesCommand({ ServiceNamespace: 'ecs' }));
    expect(ScalingPolicies?.[0]).toMatchObject({
      PolicyARN: put.PolicyARN,
      TargetTrackingScalingPolicyConfiguration: { TargetValue: 62.5 },
    });
    const { ScalingActivities } = await client.send(new DescribeScalingActivitiesCommand({ ServiceNamespace: 'ecs' }));
    expect(ScalingActivities?.[0]?.Cause).toBe('minimum capacity was set to 3');
    const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceARN: arn }));
    expect(Tags).toEqual({ tenant: 'acme' });
    await client.send(new DeleteScalingPolicyCommand({ ...target, PolicyName: 'cpu' }));
    await client.send(new DeregisterScalableTargetCommand(target));
    await expect(client.send(new DeregisterScalableTargetCommand(target))).rejects.toThrow(ObjectNotFoundException);
    await expect(
      client.send(new RegisterScalableTargetCommand({ ...target, ResourceId: 'service/c1/none' })),
    ).rejects.toThrow(ValidationException);
  });

  it('names the resource that has too many tags', async () => {
    const f = createFixture();
    const client = clientsOf(f.world)['application-autoscaling'];
    const arn = f.register();
    f.world.advance(5);
    const Tags = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, 'v']));
    const refusal: unknown = await client
      .send(new TagResourceCommand({ ResourceARN: arn, Tags }))
      .catch((e: unknown) => e);
    expect(refusal).toBeInstanceOf(TooManyTagsException);
    expect(refusal).toMatchObject({ ResourceName: arn });
  });

  it('needs neither PutScheduledAction nor predictions: those are refused', async () => {
    const f = createFixture();
    expect(f.refused('PutScheduledAction', {}).code).toBe('UnknownOperationException');
    expect(f.refused('GetPredictiveScalingForecast', {}).code).toBe('UnknownOperationException');
    await expect(
      clientsOf(f.world)['application-autoscaling'].send(
        new DescribeScalingActivitiesCommand({ ServiceNamespace: 'ecs', NextToken: 'x' }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidNextTokenException' });
  });
});
