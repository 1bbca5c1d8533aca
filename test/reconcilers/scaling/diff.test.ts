import type { ScalingPolicy, TargetTrackingScalingPolicyConfiguration } from '@aws-sdk/client-application-auto-scaling';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EffectiveScaling } from '../../../src/model/records/effective.ts';
import { desiredScaling, type ScalingContent } from '../../../src/reconcilers/scaling/desired.ts';
import { diffScaling } from '../../../src/reconcilers/scaling/diff.ts';
import type { LiveScaling } from '../../../src/reconcilers/scaling/observe.ts';
import { group } from '../../contract/facts.ts';
import { contextOf } from '../../contract/world.ts';
import { anyOrder, foreignTags, known, orAbsent, placementWith } from '../support.ts';

const targetGroup = 'arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/cw-abc/0123456789abcdef';
const placement = placementWith({ service: 'arn:service', target_group: targetGroup });
const tracking = { mode: 'target-tracking', min: 2, max: 6, metric: 'cpu', target: 60 } as const;

function wanted(scaling: Partial<typeof tracking> | { metric: 'requests' } = {}): ScalingContent {
  const service = { scaling: { ...tracking, ...scaling } as EffectiveScaling };
  return known(desiredScaling(contextOf(placement, { service })));
}

const desired = wanted();

function live(change: Partial<LiveScaling> = {}, configuration: object = {}): LiveScaling {
  const own = { ...desired.TargetTrackingScalingPolicyConfiguration, ...configuration };
  return { target: target(), policies: [policy('cellwright', own)], tags: { ...desired.tags }, ...change };
}

function target(change: Partial<LiveScaling['target']> = {}): LiveScaling['target'] {
  const { ResourceId, MinCapacity, MaxCapacity } = desired;
  return {
    ServiceNamespace: 'ecs',
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId,
    MinCapacity,
    MaxCapacity,
    RoleARN: 'arn:role',
    CreationTime: new Date(0),
    ...change,
  };
}

function policy(PolicyName: string, own: TargetTrackingScalingPolicyConfiguration): ScalingPolicy {
  return {
    PolicyARN: 'arn:policy',
    PolicyName,
    ServiceNamespace: 'ecs',
    ResourceId: desired.ResourceId,
    ScalableDimension: 'ecs:service:DesiredCount',
    PolicyType: 'TargetTrackingScaling',
    CreationTime: new Date(0),
    TargetTrackingScalingPolicyConfiguration: own,
  };
}

const fields = (found: LiveScaling): readonly string[] => diffScaling(desired, found).map(({ field }) => field);

describe('the difference between a scalable target and the record', () => {
  it('is nothing, however AWS gives defaults and whoever else has tags on it', () => {
    const lives = fc.record({
      suspended: orAbsent({
        SuspendedState: {
          DynamicScalingInSuspended: false,
          DynamicScalingOutSuspended: false,
          ScheduledScalingSuspended: false,
        },
      }),
      out: orAbsent({ ScaleOutCooldown: 300 }),
      in: orAbsent({ ScaleInCooldown: 300 }),
      disabled: orAbsent({ DisableScaleIn: false }),
      tags: foreignTags.chain((others) => anyOrder(Object.entries({ ...others, ...desired.tags }))),
    });
    fc.assert(
      fc.property(lives, ({ suspended, tags, ...drawn }) => {
        const own = { ...drawn.out, ...drawn.in, ...drawn.disabled };
        expect(fields(live({ target: target(suspended), tags: Object.fromEntries(tags) }, own))).toEqual([]);
      }),
    );
  });

  it('names what another hand changed', () => {
    expect(fields(live({ target: target({ MinCapacity: 0, MaxCapacity: 9 }) }))).toEqual([
      'MinCapacity',
      'MaxCapacity',
    ]);
    const configuration = ['TargetTrackingScalingPolicyConfiguration'];
    expect(fields(live({ policies: [] }))).toEqual(configuration);
    for (const change of [{ TargetValue: 61 }, { DisableScaleIn: true }, { ScaleInCooldown: 0 }])
      expect(fields(live({}, change))).toEqual(configuration);
    const step: ScalingPolicy = { ...policy('cellwright', { TargetValue: 1 }), PolicyType: 'StepScaling' };
    expect(fields(live({ policies: [step] }))).toEqual([...configuration, 'PolicyName']);
  });
});

describe('the scalable target that is wanted', () => {
  it('follows requests by the label of the load balancer and the target group', () => {
    const { PredefinedMetricSpecification } = wanted({ metric: 'requests' }).TargetTrackingScalingPolicyConfiguration;
    const balancer = group.loadBalancerArn.split(':loadbalancer/')[1] ?? '';
    expect(PredefinedMetricSpecification).toEqual({
      PredefinedMetricType: 'ALBRequestCountPerTarget',
      ResourceLabel: `${balancer}/targetgroup/cw-abc/0123456789abcdef`,
    });
    expect(balancer).toMatch(/^app\/shared\/[0-9a-f]{16}$/);
  });

  it('is none without tasks, and where the record or another hand says how many', () => {
    const service = { scaling: tracking };
    expect(desiredScaling(contextOf(placement, { service, tasks: 0 }))).toEqual({ state: 'none' });
    for (const scaling of [{ mode: 'fixed' }, { mode: 'external', max: 3 }] as const)
      expect(desiredScaling(contextOf(placement, { service: { scaling } }))).toEqual({ state: 'none' });
  });

  it('waits for its service', () => {
    const early = placementWith({ target_group: targetGroup });
    const waiting = desiredScaling(contextOf(early, { service: { scaling: tracking } }));
    expect(waiting).toEqual({ state: 'waiting', on: 'service' });
  });
});
