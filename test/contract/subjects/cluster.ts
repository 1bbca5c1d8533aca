import { marks } from '../../../src/model/names.ts';
import { nameOfPlacement } from '../../../src/reconcilers/names.ts';
import type { Drift, Stranger, Subject } from '../subject.ts';
import { contextOf, type Hands } from '../world.ts';

const name = nameOfPlacement(contextOf());

const drifts: readonly Drift[] = [
  {
    what: 'Container Insights switched on',
    fields: ['settings'],
    hurt: ({ hands, arn }) =>
      hands.ecs.updateClusterSettings({
        cluster: arn('cluster'),
        settings: [{ name: 'containerInsights', value: 'enabled' }],
      }),
  },
  {
    what: 'ECS Exec logged elsewhere',
    fields: ['configuration'],
    hurt: ({ hands, arn }) =>
      hands.ecs.updateCluster({
        cluster: arn('cluster'),
        configuration: {
          executeCommandConfiguration: { logging: 'OVERRIDE', logConfiguration: { cloudWatchLogGroupName: '/other' } },
        },
      }),
  },
  {
    what: 'storage encrypted with another key',
    fields: ['configuration'],
    hurt: ({ hands, arn }) =>
      hands.ecs.updateCluster({
        cluster: arn('cluster'),
        configuration: { managedStorageConfiguration: { kmsKeyId: 'key-1' } },
      }),
  },
  {
    what: 'given a namespace',
    fields: ['serviceConnectDefaults'],
    hurt: ({ hands, arn }) =>
      hands.ecs.updateCluster({ cluster: arn('cluster'), serviceConnectDefaults: { namespace: 'other' } }),
  },
  {
    what: 'given capacity providers',
    fields: ['capacityProviders'],
    hurt: ({ hands, arn }) =>
      hands.ecs.putClusterCapacityProviders({
        cluster: arn('cluster'),
        capacityProviders: ['FARGATE_SPOT', 'FARGATE'],
        defaultCapacityProviderStrategy: [],
      }),
  },
  {
    what: 'given a default strategy',
    fields: ['capacityProviders', 'defaultCapacityProviderStrategy'],
    hurt: ({ hands, arn }) =>
      hands.ecs.putClusterCapacityProviders({
        cluster: arn('cluster'),
        capacityProviders: ['FARGATE_SPOT'],
        defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
      }),
  },
  {
    what: 'said to be of another tenant',
    fields: ['tags'],
    hurt: ({ hands, arn }) =>
      hands.ecs.tagResource({ resourceArn: arn('cluster'), tags: [{ key: marks.tenant, value: 'other' }] }),
  },
  {
    what: 'without the tag of its infra group',
    fields: ['tags'],
    hurt: ({ hands, arn }) => hands.ecs.untagResource({ resourceArn: arn('cluster'), tagKeys: [marks.infraGroup] }),
  },
];

async function look({ ecs }: Hands): Promise<unknown> {
  const include = ['TAGS', 'SETTINGS', 'CONFIGURATIONS', 'STATISTICS'] as const;
  return (await ecs.describeClusters({ clusters: [name], include: [...include] })).clusters;
}

const strangers: readonly Stranger[] = [
  {
    what: 'without any tag, which CreateCluster answers with',
    outcome: 'held',
    plant: ({ hands }) => hands.ecs.createCluster({ clusterName: name }),
    look,
  },
  {
    what: 'of another installation',
    outcome: 'held',
    plant: ({ hands }) =>
      hands.ecs.createCluster({
        clusterName: name,
        settings: [{ name: 'containerInsights', value: 'enhanced' }],
        tags: [
          { key: marks.installation, value: 'zyxwvutsrq' },
          { key: marks.placement, value: contextOf().placement.id },
        ],
      }),
    look,
  },
];

export const clusterSubject: Subject = {
  kind: 'cluster',
  drifts,
  strangers,
  unmark: ({ hands, arn }) => hands.ecs.untagResource({ resourceArn: arn('cluster'), tagKeys: [marks.installation] }),
  vanish: async ({ hands, arn, ground }) => {
    await hands.ecs.deleteService({ cluster: arn('cluster'), service: arn('service'), force: true });
    await ground.clock.advance(60_000);
    await hands.ecs.deleteCluster({ cluster: arn('cluster') });
  },
  change: {},
  elsewhere: {
    'ecs:ListClusters': 'the sweep for what the state table does not know',
    'iam:CreateServiceLinkedRole': 'asked by ECS for the first cluster of an account',
  },
};
