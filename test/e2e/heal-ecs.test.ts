import type { Service, UpdateServiceCommandInput } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Installation } from '../support/installation.ts';
import { type Damage, seeHealed, sweepConfig } from './healing.ts';
import { type Chain, chainOf, settled, Watch } from './outside.ts';
import { smallFleet } from './small-fleet.ts';

async function service({ hands, cluster, service: arn }: Chain): Promise<Service> {
  const { services = [] } = await hands.ecs.describeServices({ cluster, services: [arn], include: ['TAGS'] });
  const [found] = services;
  if (found === undefined) throw new Error(`ECS shows no service ${arn}`);
  return found;
}

function serviceChanged(change: Partial<UpdateServiceCommandInput>): Damage['hurt'] {
  return ({ hands, cluster, service: arn }) => hands.ecs.updateService({ cluster, service: arn, ...change });
}

/** The service has these members again, and stands on the chain's own definition. */
function serviceHas(members: Record<string, unknown>): Damage['right'] {
  return async (chain) => {
    const live = await service(chain);
    expect(live).toMatchObject({ status: 'ACTIVE', taskDefinition: chain.definition, ...members });
  };
}

/** One deployment, of the wanted definition, with all its tasks. */
const steady: Damage['right'] = async (chain) => {
  const live = await service(chain);
  expect(live.deployments?.map(({ status, rolloutState }) => `${status} ${rolloutState}`)).toEqual([
    'PRIMARY COMPLETED',
  ]);
  expect(live.runningCount).toBe(live.desiredCount);
};

const onService = { tenant: 'bolt', kind: 'service', whole: true } as const;
const onCluster = { tenant: 'crane', kind: 'cluster', whole: true } as const;

async function cluster({ hands, cluster: arn }: Chain) {
  const { clusters = [] } = await hands.ecs.describeClusters({
    clusters: [arn],
    include: ['SETTINGS', 'TAGS', 'CONFIGURATIONS'],
  });
  return clusters[0];
}

async function forceDelete({ hands, cluster: arn, service: name }: Chain): Promise<void> {
  await hands.ecs.deleteService({ cluster: arn, service: name, force: true });
}

const serviceDamages: readonly Damage[] = [
  {
    ...onService,
    what: 'scaled down',
    fields: ['desiredCount'],
    hurt: serviceChanged({ desiredCount: 1 }),
    right: serviceHas({ desiredCount: 2 }),
  },
  {
    ...onService,
    what: 'scaled up',
    fields: ['desiredCount'],
    hurt: serviceChanged({ desiredCount: 5 }),
    right: serviceHas({ desiredCount: 2 }),
  },
  {
    ...onService,
    what: 'put on a revision of their own',
    fields: ['taskDefinition'],
    hurt: async (chain) => {
      const { hands, definition, cluster: arn, service: name } = chain;
      const { taskDefinition } = await hands.ecs.describeTaskDefinition({ taskDefinition: definition });
      const { containerDefinitions, family, cpu, memory, networkMode, requiresCompatibilities } = taskDefinition ?? {};
      const made = await hands.ecs.registerTaskDefinition({
        family: `${family}-other`,
        cpu,
        memory,
        networkMode,
        requiresCompatibilities,
        containerDefinitions,
      });
      const other = made.taskDefinition?.taskDefinitionArn;
      await hands.ecs.updateService({ cluster: arn, service: name, taskDefinition: other });
    },
    right: serviceHas({}),
  },
  {
    ...onService,
    what: 'moved to another subnet',
    fields: ['networkConfiguration'],
    hurt: async (chain) => {
      const { networkConfiguration } = await service(chain);
      const { subnets = [], securityGroups } = networkConfiguration?.awsvpcConfiguration ?? {};
      const awsvpcConfiguration = { subnets: subnets.slice(0, 1), securityGroups, assignPublicIp: 'ENABLED' as const };
      await serviceChanged({ networkConfiguration: { awsvpcConfiguration } })(chain, unused());
    },
    right: async (chain) => {
      const { networkConfiguration } = await service(chain);
      expect(networkConfiguration?.awsvpcConfiguration?.subnets).toHaveLength(2);
      expect(networkConfiguration?.awsvpcConfiguration?.assignPublicIp).toBe('DISABLED');
    },
  },
  {
    ...onService,
    what: 'given a deployment without a brake',
    fields: ['deploymentConfiguration'],
    hurt: serviceChanged({ deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 50 } }),
    right: serviceHas({ deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 } }),
  },
  {
    ...onService,
    what: 'given another grace period',
    fields: ['healthCheckGracePeriodSeconds'],
    hurt: serviceChanged({ healthCheckGracePeriodSeconds: 1 }),
    right: serviceHas({ healthCheckGracePeriodSeconds: 60 }),
  },
  {
    ...onService,
    what: 'opened for commands',
    fields: ['enableExecuteCommand'],
    hurt: serviceChanged({ enableExecuteCommand: true }),
    right: serviceHas({ enableExecuteCommand: false }),
  },
  {
    ...onService,
    what: 'given rebalancing',
    fields: ['availabilityZoneRebalancing'],
    hurt: serviceChanged({ availabilityZoneRebalancing: 'ENABLED' }),
    right: serviceHas({ availabilityZoneRebalancing: 'DISABLED' }),
  },
  {
    ...onService,
    what: 'made to hand its tags on',
    fields: ['enableECSManagedTags', 'propagateTags'],
    hurt: serviceChanged({ propagateTags: 'SERVICE', enableECSManagedTags: true }),
    right: serviceHas({ propagateTags: 'NONE', enableECSManagedTags: false }),
  },
  {
    ...onService,
    what: 'pinned to a platform version',
    fields: ['platformVersion'],
    hurt: serviceChanged({ platformVersion: '1.4.0' }),
    right: serviceHas({ platformVersion: 'LATEST' }),
  },
  {
    ...onService,
    what: 'taken off its load balancer',
    // ECS forgets the grace period with the load balancer.
    fields: ['healthCheckGracePeriodSeconds', 'loadBalancers'],
    whole: false,
    hurt: serviceChanged({ loadBalancers: [] }),
    right: async (chain) => {
      const { loadBalancers } = await service(chain);
      expect(loadBalancers).toEqual([{ targetGroupArn: chain.targetGroup, containerName: 'app', containerPort: 8080 }]);
    },
  },
  {
    ...onService,
    what: 'robbed of tags that are not the mark, and given one of theirs',
    fields: ['tags'],
    hurt: async ({ hands, service: resourceArn }) => {
      await hands.ecs.untagResource({ resourceArn, tagKeys: ['cellwright:tenant'] });
      await hands.ecs.tagResource({
        resourceArn,
        tags: [
          { key: 'cellwright:infra-group', value: 'elsewhere' },
          { key: 'cost-centre', value: '42' },
        ],
      });
    },
    right: async (chain) => {
      const tags = (await service(chain)).tags?.map(({ key, value }) => `${key}=${value}`);
      const group = `cellwright:infra-group=${chain.placement.infraGroup}`;
      expect(tags).toEqual(expect.arrayContaining(['cellwright:tenant=bolt', group, 'cost-centre=42']));
    },
  },
  {
    ...onService,
    what: 'deleted by force',
    fields: ['_missing'],
    whole: false,
    hurt: forceDelete,
    right: async (chain, before) => {
      expect(chain.service).not.toBe(before.service);
      await steady(chain, before, unused());
    },
  },
  {
    ...onService,
    tenant: 'fern',
    what: 'deleted by force, behind a shared name',
    fields: ['_missing'],
    whole: false,
    hurt: forceDelete,
    right: async (chain, before) => {
      expect(chain.service).not.toBe(before.service);
      await steady(chain, before, unused());
    },
  },
];

const clusterDamages: readonly Damage[] = [
  {
    ...onCluster,
    what: 'given container insights',
    fields: ['settings'],
    hurt: ({ hands, cluster: arn }) =>
      hands.ecs.updateCluster({ cluster: arn, settings: [{ name: 'containerInsights', value: 'enabled' }] }),
    right: async (chain) =>
      expect((await cluster(chain))?.settings).toEqual([{ name: 'containerInsights', value: 'disabled' }]),
  },
  {
    ...onCluster,
    what: 'given capacity providers',
    fields: ['capacityProviders', 'defaultCapacityProviderStrategy'],
    hurt: ({ hands, cluster: arn }) =>
      hands.ecs.putClusterCapacityProviders({
        cluster: arn,
        capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
        defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
      }),
    right: async (chain) =>
      expect(await cluster(chain)).toMatchObject({ capacityProviders: [], defaultCapacityProviderStrategy: [] }),
  },
  {
    ...onCluster,
    what: 'robbed of a tag that is not the mark',
    fields: ['tags'],
    hurt: ({ hands, cluster: resourceArn }) =>
      hands.ecs.untagResource({ resourceArn, tagKeys: ['cellwright:tenant', 'cellwright:infra-group'] }),
    right: async (chain) =>
      expect((await cluster(chain))?.tags).toEqual(
        expect.arrayContaining([{ key: 'cellwright:tenant', value: 'crane' }]),
      ),
  },
];

const definitionDamages: readonly Damage[] = [
  {
    tenant: 'crane',
    kind: 'task_definition',
    what: 'deregistered',
    fields: ['status'],
    whole: true,
    hurt: ({ hands, definition }) => hands.ecs.deregisterTaskDefinition({ taskDefinition: definition }),
    right: async (chain, before) => {
      const { taskDefinition } = await chain.hands.ecs.describeTaskDefinition({ taskDefinition: chain.definition });
      expect(taskDefinition?.status).toBe('ACTIVE');
      expect(chain.definition).not.toBe(before.definition);
      expect((await service(chain)).taskDefinition).toBe(chain.definition);
    },
  },
  {
    tenant: 'crane',
    kind: 'task_definition',
    what: 'robbed of a tag that is not the mark',
    fields: ['tags'],
    whole: true,
    hurt: ({ hands, definition: resourceArn }) =>
      hands.ecs.untagResource({ resourceArn, tagKeys: ['cellwright:tenant', 'cellwright:spec'] }),
    right: async ({ hands, definition }) => {
      const { tags = [] } = await hands.ecs.describeTaskDefinition({ taskDefinition: definition, include: ['TAGS'] });
      expect(tags.map(({ key }) => key)).toEqual(expect.arrayContaining(['cellwright:tenant', 'cellwright:spec']));
    },
  },
];

const tenants = { bolt: { tier: 'standard' }, crane: { tier: 'standard' }, fern: { tier: 'shared' } } as const;
let run: Installation;
let watch: Watch;
/** The installation at hand, where a helper asks for one and does not look at it. */
const unused = (): Installation => run;

beforeAll(async () => {
  run = await settled({ fleet: smallFleet({ tenants }), config: sweepConfig });
  watch = new Watch(run, Object.keys(tenants));
});
afterAll(() => run.stop());

describe('a service that somebody', () => {
  it.each(serviceDamages)('has $what', async (damage) => {
    await seeHealed(run, watch, damage);
  });
});

describe('a cluster that somebody', () => {
  it.each(clusterDamages)('has $what', async (damage) => {
    await seeHealed(run, watch, damage);
  });

  it('has deleted, its service first, while the tenant was paused: it comes again when that is over', async () => {
    await run.put('Tenant', 'crane', { tier: 'standard', mode: 'paused' });
    await run.advance(2);
    const chain = chainOf(run, 'crane');
    await run.clock.drive(forceDelete(chain));
    const read = async () => (await run.clock.drive(service(chain))).status;
    for (let tries = 0; (await read()) !== 'INACTIVE'; tries += 1) {
      if (tries > 30) throw new Error('the service does not become INACTIVE');
      await watch.advance(
        5,
        watch.tenants.filter((tenant) => tenant !== 'crane'),
      );
    }
    expect(chainOf(run, 'crane').service).toBe(chain.service);
    await seeHealed(run, watch, {
      ...onCluster,
      what: 'deleted with its service',
      fields: ['_missing'],
      whole: false,
      hurt: async ({ hands, cluster: arn }) => {
        await hands.ecs.deleteCluster({ cluster: arn });
        await run.desired.put({ kind: 'Tenant', name: 'crane', spec: { tier: 'standard' } });
      },
      right: async (now, before) => {
        expect(await cluster(now)).toMatchObject({ status: 'ACTIVE', activeServicesCount: 1 });
        await steady(now, before, run);
      },
    });
  });
});

describe('a task definition that somebody', () => {
  it.each(definitionDamages)('has $what', async (damage) => {
    await seeHealed(run, watch, damage);
  });
});
