import type { RegisterScalableTargetRequest } from '@aws-sdk/client-application-auto-scaling';
import { marks, serviceName } from '../../../src/model/names.ts';
import { nameOfPlacement } from '../../../src/reconcilers/names.ts';
import { reconcilers } from '../../../src/reconcilers/registry.ts';
import type { Chain, Drift, Stranger, Subject } from '../subject.ts';
import { contextOf, type Hands } from '../world.ts';

const target = {
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
  ResourceId: `service/${nameOfPlacement(contextOf())}/${serviceName(1)}`,
} as const;

/** The target of the service as it is called now: a service that was deleted has a successor of another name. */
function named({ placement }: Chain): typeof target {
  const service = placement.resources.service?.name ?? serviceName(1);
  return { ...target, ResourceId: `service/${nameOfPlacement(contextOf())}/${service}` };
}

function registered(change: Partial<RegisterScalableTargetRequest>): (chain: Chain) => Promise<unknown> {
  return (chain) => chain.hands.scaling.registerScalableTarget({ ...named(chain), ...change });
}

const cpu = { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' } as const;
const memory = { PredefinedMetricType: 'ECSServiceAverageMemoryUtilization' } as const;

function policy(PolicyName: string, configuration: object): (chain: Chain) => Promise<unknown> {
  return (chain) =>
    chain.hands.scaling.putScalingPolicy({
      ...named(chain),
      PolicyName,
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 60,
        PredefinedMetricSpecification: cpu,
        ...configuration,
      },
    });
}

const tracking = ['TargetTrackingScalingPolicyConfiguration'];

const drifts: readonly Drift[] = [
  { what: 'with a higher maximum', fields: ['MaxCapacity'], hurt: registered({ MaxCapacity: 50 }) },
  { what: 'with a lower minimum', fields: ['MinCapacity'], hurt: registered({ MinCapacity: 0 }) },
  {
    what: 'between other bounds altogether',
    fields: ['MaxCapacity', 'MinCapacity'],
    hurt: registered({ MinCapacity: 1, MaxCapacity: 2 }),
  },
  {
    what: 'suspended',
    fields: ['SuspendedState'],
    hurt: registered({ SuspendedState: { DynamicScalingInSuspended: true, DynamicScalingOutSuspended: true } }),
  },
  {
    what: 'deaf to schedules',
    fields: ['SuspendedState'],
    hurt: registered({ SuspendedState: { ScheduledScalingSuspended: true } }),
  },
  { what: 'aiming at another value', fields: tracking, hurt: policy('cellwright', { TargetValue: 95 }) },
  {
    what: 'following another metric',
    fields: tracking,
    hurt: policy('cellwright', { PredefinedMetricSpecification: memory }),
  },
  { what: 'never scaled in', fields: tracking, hurt: policy('cellwright', { DisableScaleIn: true }) },
  { what: 'with another cooldown', fields: tracking, hurt: policy('cellwright', { ScaleOutCooldown: 3600 }) },
  {
    what: 'without its policy',
    fields: tracking,
    hurt: (chain) => chain.hands.scaling.deleteScalingPolicy({ ...named(chain), PolicyName: 'cellwright' }),
  },
  {
    what: 'with a policy more',
    fields: ['PolicyName'],
    hurt: policy('other', { PredefinedMetricSpecification: memory }),
  },
  {
    what: 'with another policy in the place of ours',
    fields: ['PolicyName', ...tracking],
    hurt: async (chain) => {
      await chain.hands.scaling.deleteScalingPolicy({ ...named(chain), PolicyName: 'cellwright' });
      await policy('other', { TargetValue: 5 })(chain);
    },
  },
  {
    what: 'said to be of another tenant',
    fields: ['Tags'],
    hurt: ({ hands, arn }) =>
      hands.scaling.tagResource({ ResourceARN: arn('scaling'), Tags: { [marks.tenant]: 'other' } }),
  },
  {
    what: 'without the tag of its infra group',
    fields: ['Tags'],
    hurt: ({ hands, arn }) => hands.scaling.untagResource({ ResourceARN: arn('scaling'), TagKeys: [marks.infraGroup] }),
  },
];

async function look({ scaling }: Hands): Promise<unknown> {
  const { ScalableTargets = [] } = await scaling.describeScalableTargets({ ServiceNamespace: 'ecs' });
  const { ScalingPolicies } = await scaling.describeScalingPolicies({ ServiceNamespace: 'ecs' });
  const ResourceARN = ScalableTargets[0]?.ScalableTargetARN;
  const { Tags } = await scaling.listTagsForResource({ ResourceARN });
  return { ScalableTargets, ScalingPolicies, Tags };
}

const strangers: readonly Stranger[] = [
  {
    what: 'on our service',
    outcome: 'held',
    // AWS deletes the target of a service that is deleted.
    ends: true,
    plant: async (ground, controller) => {
      const others = reconcilers.filter(({ kind }) => kind !== 'scaling' && kind !== 'dns_record');
      await controller.pass({}, others);
      await ground.clock.advance(10_000);
      await ground.hands.scaling.registerScalableTarget({
        ...target,
        MinCapacity: 2,
        MaxCapacity: 40,
        Tags: { [marks.installation]: 'zyxwvutsrq' },
      });
    },
    look,
  },
];

export const scalingSubject: Subject = {
  kind: 'scaling',
  usual: { service: { scaling: { mode: 'target-tracking', min: 2, max: 6, metric: 'cpu', target: 60 } } },
  drifts,
  strangers,
  unmark: ({ hands, arn }) =>
    hands.scaling.untagResource({ ResourceARN: arn('scaling'), TagKeys: [marks.installation] }),
  vanish: (chain) => chain.hands.scaling.deregisterScalableTarget(named(chain)),
  change: { service: { scaling: { mode: 'target-tracking', min: 1, max: 9, metric: 'requests', target: 500 } } },
  elsewhere: {
    'iam:CreateServiceLinkedRole': 'AWS makes its role in the call that registers the first target',
    'ecs:DescribeServices': 'AWS checks it in the call that registers',
    'ecs:UpdateService': 'AWS checks it in the call that registers',
    'cloudwatch:PutMetricAlarm': 'AWS makes the alarms in the call that puts the policy',
    'cloudwatch:DescribeAlarms': 'AWS looks for the alarms in the calls that put and describe policies',
    'cloudwatch:DeleteAlarms': 'AWS deletes the alarms in the calls that delete policy or target',
  },
};
