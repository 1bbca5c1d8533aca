import type { UpdateServiceRequest } from '@aws-sdk/client-ecs';
import { marks, serviceName } from '../../../src/model/names.ts';
import { nameOfPlacement } from '../../../src/reconcilers/names.ts';
import { reconcilers } from '../../../src/reconcilers/registry.ts';
import type { Chain, Drift, Stranger, Subject } from '../subject.ts';
import { chainOf } from '../subject.ts';
import { contextOf, type Hands } from '../world.ts';

function updated(change: Partial<UpdateServiceRequest>): (chain: Chain) => Promise<unknown> {
  return ({ hands, arn }) => hands.ecs.updateService({ cluster: arn('cluster'), service: arn('service'), ...change });
}

function otherNetwork(change: object): (chain: Chain) => Promise<unknown> {
  const usual = {
    subnets: ['subnet-a', 'subnet-b'],
    securityGroups: ['sg-tasks'],
    assignPublicIp: 'DISABLED' as const,
  };
  return updated({ networkConfiguration: { awsvpcConfiguration: { ...usual, ...change } } });
}

async function otherDefinition({ hands, arn }: Chain): Promise<string> {
  const { taskDefinition } = await hands.ecs.describeTaskDefinition({ taskDefinition: arn('task_definition') });
  const { cpu, memory, networkMode, requiresCompatibilities, executionRoleArn, containerDefinitions } =
    taskDefinition ?? {};
  const made = await hands.ecs.registerTaskDefinition({
    family: 'other',
    cpu,
    memory,
    networkMode,
    requiresCompatibilities,
    executionRoleArn,
    containerDefinitions,
  });
  return made.taskDefinition?.taskDefinitionArn ?? '';
}

async function dropOthers({ hands }: Chain): Promise<void> {
  const { taskDefinitionArns = [] } = await hands.ecs.listTaskDefinitions({ familyPrefix: 'other' });
  for (const taskDefinition of taskDefinitionArns) await hands.ecs.deregisterTaskDefinition({ taskDefinition });
  await hands.ecs.deleteTaskDefinitions({ taskDefinitions: taskDefinitionArns });
}

const deployments: readonly (readonly [string, NonNullable<UpdateServiceRequest['deploymentConfiguration']>])[] = [
  ['other percentages', { maximumPercent: 150, minimumHealthyPercent: 50 }],
  ['a bake time', { bakeTimeInMinutes: 10 }],
  ['alarms', { alarms: { enable: true, rollback: true, alarmNames: ['other'] } }],
  ['no circuit breaker', { deploymentCircuitBreaker: { enable: false, rollback: false } }],
  ['a circuit breaker without rollback', { deploymentCircuitBreaker: { enable: true, rollback: false } }],
  [
    'a circuit breaker of another threshold',
    {
      deploymentCircuitBreaker: {
        enable: true,
        rollback: true,
        resetOnHealthyTask: false,
        thresholdConfiguration: { type: 'COUNT', value: 9 },
      },
    },
  ],
];

const drifts: readonly Drift[] = [
  { what: 'scaled up', fields: ['desiredCount'], hurt: updated({ desiredCount: 3 }) },
  { what: 'scaled to nothing', fields: ['desiredCount'], hurt: updated({ desiredCount: 0 }) },
  {
    what: 'put on another definition',
    fields: ['taskDefinition'],
    hurt: async (chain) => updated({ taskDefinition: await otherDefinition(chain) })(chain),
    undo: dropOthers,
  },
  { what: 'one subnet less', fields: ['networkConfiguration'], hurt: otherNetwork({ subnets: ['subnet-a'] }) },
  {
    what: 'another security group',
    fields: ['networkConfiguration'],
    hurt: otherNetwork({ securityGroups: ['sg-tasks', 'sg-other'] }),
  },
  { what: 'public addresses', fields: ['networkConfiguration'], hurt: otherNetwork({ assignPublicIp: 'ENABLED' }) },
  ...deployments.map(([what, deploymentConfiguration]) => ({
    what: `deployed with ${what}`,
    fields: ['deploymentConfiguration'],
    hurt: updated({ deploymentConfiguration }),
  })),
  {
    what: 'another grace period',
    fields: ['healthCheckGracePeriodSeconds'],
    hurt: updated({ healthCheckGracePeriodSeconds: 1 }),
  },
  { what: 'an old platform', fields: ['platformVersion'], hurt: updated({ platformVersion: '1.4.0' }) },
  { what: 'open for commands', fields: ['enableExecuteCommand'], hurt: updated({ enableExecuteCommand: true }) },
  { what: 'handing its tags on', fields: ['propagateTags'], hurt: updated({ propagateTags: 'SERVICE' }) },
  { what: "with ECS's tags", fields: ['enableECSManagedTags'], hurt: updated({ enableECSManagedTags: true }) },
  {
    what: 'rebalanced',
    fields: ['availabilityZoneRebalancing'],
    hurt: updated({ availabilityZoneRebalancing: 'ENABLED' }),
  },
  {
    what: 'off its load balancer',
    // ECS forgets the grace period with the load balancer.
    fields: ['healthCheckGracePeriodSeconds', 'loadBalancers'],
    hurt: updated({ loadBalancers: [] }),
  },
  {
    what: 'in a mesh',
    fields: ['serviceConnectConfiguration'],
    hurt: updated({ serviceConnectConfiguration: { enabled: true, namespace: 'other' } }),
  },
  {
    what: 'in a registry',
    fields: ['serviceRegistries'],
    hurt: updated({ serviceRegistries: [{ registryArn: 'arn:aws:servicediscovery:us-east-1:1:service/srv-1' }] }),
  },
  {
    what: 'with a volume',
    fields: ['volumeConfigurations'],
    hurt: updated({
      volumeConfigurations: [{ name: 'data', managedEBSVolume: { roleArn: 'arn:aws:iam::1:role/r', sizeInGiB: 1 } }],
    }),
  },
  {
    what: 'in a lattice',
    fields: ['vpcLatticeConfigurations'],
    hurt: updated({
      vpcLatticeConfigurations: [{ roleArn: 'arn:aws:iam::1:role/r', targetGroupArn: 'arn:tg', portName: 'p' }],
    }),
  },
  {
    what: 'said to be of another tenant',
    fields: ['tags'],
    hurt: ({ hands, arn }) =>
      hands.ecs.tagResource({ resourceArn: arn('service'), tags: [{ key: marks.tenant, value: 'other' }] }),
  },
  {
    what: 'without the tag of its infra group',
    fields: ['tags'],
    hurt: ({ hands, arn }) => hands.ecs.untagResource({ resourceArn: arn('service'), tagKeys: [marks.infraGroup] }),
  },
];

async function look({ ecs }: Hands): Promise<unknown> {
  const { services } = await ecs.describeServices({
    cluster: nameOfPlacement(contextOf()),
    services: [serviceName(1)],
    include: ['TAGS'],
  });
  return services;
}

const strangers: readonly Stranger[] = [
  {
    what: 'of our name in our cluster',
    outcome: 'passes',
    plant: async (ground, controller) => {
      const others = reconcilers.filter(({ kind }) => kind !== 'service' && kind !== 'dns_record');
      await controller.pass({}, others);
      const { arn, hands } = chainOf(ground, controller);
      await hands.ecs.createService({
        cluster: arn('cluster'),
        serviceName: serviceName(1),
        taskDefinition: await otherDefinition(chainOf(ground, controller)),
        desiredCount: 0,
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-a'] } },
      });
      await ground.clock.advance(10_000);
    },
    look,
    blocks: /the cluster to be empty/,
  },
];

export const serviceSubject: Subject = {
  kind: 'service',
  drifts,
  strangers,
  unmark: ({ hands, arn }) => hands.ecs.untagResource({ resourceArn: arn('service'), tagKeys: [marks.installation] }),
  vanish: ({ hands, arn }) =>
    hands.ecs.deleteService({ cluster: arn('cluster'), service: arn('service'), force: true }),
  change: { tasks: 1, service: { startupSeconds: 90 } },
  elsewhere: { 'ecs:ListServices': 'asked by a rebuild of the state table' },
};
