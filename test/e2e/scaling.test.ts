import type { RegisterScalableTargetCommandInput } from '@aws-sdk/client-application-auto-scaling';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AwsError } from '../../src/simulator/kernel.ts';
import type { Installation } from '../support/installation.ts';
import { type Damage, seeHealed, sweepConfig } from './healing.ts';
import { leftOf, reserved } from './leftovers.ts';
import { type Chain, chainOf, condition, controllerWrites, placementsOf, settled, Watch } from './outside.ts';
import { smallFleet, type Tenant } from './small-fleet.ts';

const tracking = { mode: 'target-tracking', min: 2, max: 6, metric: 'cpu', target: 50 } as const;
const cpu = 'ECSServiceAverageCPUUtilization';

function scaled(change: object = {}, fields: object = {}): Tenant {
  return { tier: 'standard', service: { scaling: { ...tracking, ...change } }, ...fields };
}

const named = ({ service }: Chain) =>
  ({
    ServiceNamespace: 'ecs',
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId: service.split(':').at(-1) ?? '',
  }) as const;

/** The count, and what Application Auto Scaling has of the service. */
async function look(chain: Chain) {
  const { hands, cluster, service } = chain;
  const { services = [] } = await hands.ecs.describeServices({ cluster, services: [service] });
  const { ResourceId } = named(chain);
  const ids = { ServiceNamespace: 'ecs' as const, ResourceIds: [ResourceId] };
  const { ScalableTargets: [target] = [] } = await hands.scaling.describeScalableTargets(ids);
  const { ScalingPolicies = [] } = await hands.scaling.describeScalingPolicies({ ServiceNamespace: 'ecs', ResourceId });
  return {
    desired: services[0]?.desiredCount,
    running: services[0]?.runningCount,
    bounds: target === undefined ? 'none' : `${target.MinCapacity}-${target.MaxCapacity}`,
    suspended: Object.values(target?.SuspendedState ?? {}).some((flag) => flag),
    policies: ScalingPolicies.map(({ PolicyName, TargetTrackingScalingPolicyConfiguration: own }) => {
      return `${PolicyName} ${own?.PredefinedMetricSpecification?.PredefinedMetricType} ${own?.TargetValue}`;
    }),
  };
}

const right = { bounds: '2-6', suspended: false, policies: [`cellwright ${cpu} 50`] };

describe('a tenant scaled by a metric', () => {
  let run: Installation;
  afterEach(() => run.stop());

  const live = () => run.clock.drive(look(chainOf(run, 'acme')));
  const load = (value: number): void =>
    run.aws.metrics.set({ service: chainOf(run, 'acme').service, metric: cpu, value });
  const statusOf = () => run.leader?.term?.view.get('Tenant', 'acme')?.status?.value;
  const reached = (): boolean =>
    run.phase('acme') === 'Ready' && statusOf()?.observedGeneration === statusOf()?.generation;
  const drift = () => run.told.changes.filter((one) => one.change.reason === 'drift');
  /** Writes the record, and waits until the controller says that it has reached it. */
  const change = async (watch: Watch, spec: Tenant): Promise<void> => {
    const before = statusOf()?.generation ?? 0;
    await run.put('Tenant', 'acme', spec);
    await watch.until('reached', () => (statusOf()?.generation ?? 0) > before && reached());
  };

  it('follows the metric out and in, and is Ready, quiet and without drift all the while', async () => {
    run = await settled({ fleet: smallFleet({ tenants: { acme: scaled(), bolt: { tier: 'standard' } } }) });
    expect(await live()).toMatchObject({ ...right, desired: 2, running: 2 });
    const watch = new Watch(run, ['acme', 'bolt']);
    await watch.advance(60);
    const since = run.aws.log.last;
    const phases = new Set<string | undefined>();
    const pass = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second += 10) {
        await watch.advance(10);
        phases.add(run.phase('acme'));
      }
    };
    load(90);
    await pass(900);
    expect(await live()).toMatchObject({ ...right, desired: 6, running: 6 });
    load(10);
    await pass(3_600);
    expect(await live()).toMatchObject({ ...right, desired: 2, running: 2 });
    expect(controllerWrites(run, since).filter(({ service }) => service !== 'dynamodb')).toEqual([]);
    expect(drift()).toEqual([]);
    expect([...phases]).toEqual(['Ready']);
    expect(watch.complaints()).toEqual([]);
  });

  it('rolls out a new image without touching the count', async () => {
    run = await settled({ fleet: smallFleet({ tenants: { acme: scaled() } }) });
    const watch = new Watch(run, ['acme']);
    load(90);
    await watch.until('out', () => run.aws.log.last > 0 && drift().length === 0 && sized() === 4);
    const image = 'registry.example.com/standard/server:2.0';
    const since = run.aws.log.last;
    load(50);
    await change(watch, { ...scaled(), service: { scaling: tracking, image } });
    expect((await live()).desired).toBe(4);
    const updates = controllerWrites(run, since).filter(({ operation }) => operation === 'UpdateService');
    expect(updates).toHaveLength(1);
    expect(watch.complaints()).toEqual([]);
  });

  it('follows the record: other bounds and values, another hand, and back', async () => {
    run = await settled({ fleet: smallFleet({ tenants: { acme: scaled() } }) });
    const watch = new Watch(run, ['acme']);
    await change(watch, scaled({ min: 3, max: 8, metric: 'requests', target: 700 }));
    expect(await live()).toEqual({
      desired: 3,
      running: 3,
      bounds: '3-8',
      suspended: false,
      policies: ['cellwright ALBRequestCountPerTarget 700'],
    });
    await change(watch, { tier: 'standard', service: { tasks: 1 } });
    expect(await live()).toEqual({ desired: 1, running: 1, bounds: 'none', suspended: false, policies: [] });
    expect(placementsOf(run, 'acme')[0]?.resources.scaling).toBeUndefined();
    await change(watch, scaled({ max: 4 }));
    expect(await live()).toMatchObject({ ...right, bounds: '2-4', desired: 2 });
    await change(watch, { tier: 'standard', service: { scaling: { mode: 'external', max: 9 } } });
    expect(await live()).toMatchObject({ desired: 2, bounds: 'none', policies: [] });
    await change(watch, scaled());
    expect(await live()).toMatchObject({ ...right, desired: 2 });
    expect(drift()).toEqual([]);
    expect(watch.complaints()).toEqual([]);
  });

  it('by requests, goes on counting those of its target group when that has a successor', async () => {
    run = await settled({ fleet: smallFleet({ tenants: { acme: scaled({ metric: 'requests', target: 700 }) } }) });
    const { hands, rule, targetGroup } = chainOf(run, 'acme');
    await run.clock.drive(hands.elb.deleteRule({ RuleArn: rule }));
    // A rule that was just deleted holds its target group for some seconds.
    await run.advance(15);
    await run.clock.drive(hands.elb.deleteTargetGroup({ TargetGroupArn: targetGroup }));
    await run.until('healed', () => chainOf(run, 'acme').targetGroup !== targetGroup);
    await run.until('Ready', reached);
    await run.advance(120);
    const chain = chainOf(run, 'acme');
    const { ResourceId } = named(chain);
    const { ScalingPolicies = [] } = await run.clock.drive(
      hands.scaling.describeScalingPolicies({ ServiceNamespace: 'ecs', ResourceId }),
    );
    const [tracking] = ScalingPolicies.map((one) => one.TargetTrackingScalingPolicyConfiguration);
    const label = tracking?.PredefinedMetricSpecification?.ResourceLabel;
    expect(label).toMatch(/^app\//);
    expect(label?.endsWith(`/${chain.targetGroup.split(':').at(-1)}`)).toBe(true);
    expect(run.phase('acme')).toBe('Ready');
  });

  it('under another hand, is started again with its tasks when it resumes, and left to that hand from then on', async () => {
    const external = { tier: 'standard', service: { tasks: 2, scaling: { mode: 'external', max: 9 } } } as const;
    run = await settled({ fleet: smallFleet({ tenants: { acme: external } }) });
    await run.put('Tenant', 'acme', { ...external, state: 'suspended' });
    await run.until('Suspended', () => run.phase('acme') === 'Suspended');
    expect(await live()).toMatchObject({ desired: 0, running: 0 });
    await run.put('Tenant', 'acme', external);
    await run.until('back', reached);
    expect(await live()).toMatchObject({ desired: 2, running: 2 });
    expect(placementsOf(run, 'acme')[0]).not.toHaveProperty('stopped');
    const { hands, cluster, service } = chainOf(run, 'acme');
    await run.clock.drive(hands.ecs.updateService({ cluster, service, desiredCount: 0 }));
    await run.advance(1_000);
    expect(await live()).toMatchObject({ desired: 0 });
    expect(drift()).toEqual([]);
  });

  it('suspended, has nothing that could scale it back to life; resumed, it starts with its tasks', async () => {
    run = await settled({ fleet: smallFleet({ tenants: { acme: scaled() } }) });
    const held = await reserved(run);
    load(90);
    await run.advance(600);
    const since = run.aws.log.last;
    await run.put('Tenant', 'acme', scaled({}, { state: 'suspended' }));
    await run.until('suspended', () => run.phase('acme') === 'Suspended');
    await run.advance(900);
    expect(await live()).toMatchObject({ desired: 0, running: 0, bounds: 'none', policies: [] });
    const order = controllerWrites(run, since).map(({ operation }) => operation);
    expect(order).toEqual(['DeregisterScalableTarget', 'UpdateService']);
    expect(await reserved(run)).toEqual(held);
    load(50);
    await run.put('Tenant', 'acme', { ...scaled(), service: { scaling: tracking, tasks: 4 } });
    await run.until('back', reached);
    expect(await live()).toMatchObject({ ...right, desired: 4, running: 4 });
    expect(drift()).toEqual([]);
  });

  it('deleted, leaves nothing, and ends its scaling before its tasks', async () => {
    run = await settled({ fleet: smallFleet({ tenants: { acme: scaled() } }) });
    const ids = placementsOf(run, 'acme').map((placement) => placement.id);
    load(90);
    const since = run.aws.log.last;
    await run.put('Tenant', 'acme', scaled({}, { state: 'deleted' }));
    await run.until('gone', () => run.phase('acme') === 'Deleted');
    const order = controllerWrites(run, since).map(({ operation }) => operation);
    expect(order.slice(0, 4)).toEqual([
      'ChangeResourceRecordSets',
      'DeregisterScalableTarget',
      'UpdateService',
      'DeleteService',
    ]);
    expect(await leftOf(run, ids)).toEqual([]);
    expect(await reserved(run)).toEqual({});
  });

  it('survives the loss of its controller at any time of its onboarding', async () => {
    run = await settled({ fleet: smallFleet({ tenants: { bolt: { tier: 'standard' } } }) });
    await run.put('Tenant', 'acme', scaled());
    await run.until('registered', () =>
      run.aws.log.since(0, 1e6).some(({ operation }) => operation === 'RegisterScalableTarget'),
    );
    run.kill();
    run.start();
    await run.until('acme Ready', reached, 900_000);
    expect(await live()).toMatchObject({ ...right, desired: 2 });
    expect(drift()).toEqual([]);
  });

  it('is not told as reached as long as Application Auto Scaling may not be called', async () => {
    run = await settled({ fleet: smallFleet({ tenants: { acme: { tier: 'standard' } } }) });
    const refused = new AwsError('AccessDeniedException', 'not authorized to perform this', { status: 400 });
    run.aws.faults = {
      before: ({ service }) => (service === 'application-autoscaling' ? { kind: 'error', error: refused } : undefined),
    };
    await run.put('Tenant', 'acme', scaled());
    await run.until('told', () => condition(run, 'acme', 'Synced') === 'Unknown AccessDenied');
    await run.advance(300);
    expect(statusOf()).toMatchObject({ observedGeneration: 1, generation: 2, phase: 'Updating' });
    run.aws.faults = {};
    await run.until('reached', reached);
    expect(await live()).toMatchObject({ ...right, desired: 2 });
  });

  it('leaves the count of its service to a stranger that took it first, and says so', async () => {
    run = await settled({ fleet: smallFleet({ tenants: { acme: { tier: 'standard' } } }) });
    const chain = chainOf(run, 'acme');
    await run.clock.drive(
      chain.hands.scaling.registerScalableTarget({ ...named(chain), MinCapacity: 1, MaxCapacity: 9 }),
    );
    await run.put('Tenant', 'acme', scaled());
    await run.until('held', () => condition(run, 'acme', 'Synced') === 'False NameTaken');
    expect(await live()).toMatchObject({ bounds: '1-9', policies: [] });
    await run.clock.drive(chain.hands.scaling.deregisterScalableTarget(named(chain)));
    await run.until('reached', reached);
    expect(await live()).toMatchObject({ ...right, desired: 2 });
  });

  it('needs room for its most tasks, and those of a deployment', async () => {
    // 6 tasks of 512 units, twice: 6144 units each, of which a cell of 10 vCPU less its reserve of a tenth has room for one.
    const fleet = smallFleet({ tenants: { acme: scaled() } }).replace(
      '"name":"standard-a","spec":{',
      '"name":"standard-a","spec":{"quotas":{"fargateVcpu":10},',
    );
    run = await settled({ fleet });
    expect((await reserved(run))['Cell/standard-a']).toMatchObject({ fargateVcpu: 6_144 });
    await run.put('Tenant', 'crane', scaled());
    await run.until('a decision', () => condition(run, 'crane', 'Placed') !== 'none');
    expect(run.phase('crane')).toBe('Unplaceable');
    // What grows needs the room too: until there is some, what stands goes on.
    await run.put('Tenant', 'acme', scaled({ max: 12 }));
    await run.until('told', () => condition(run, 'acme', 'Placed').startsWith('False'));
    expect(await live()).toMatchObject(right);
    await run.put('Tenant', 'crane', scaled({ max: 2 }));
    await run.until('placed', () => run.phase('crane') === 'Ready');
  });

  function sized(): number {
    const [, account = ''] = /:(\d{12}):/.exec(chainOf(run, 'acme').service) ?? [];
    const { clusters } = run.aws.truth.ecs.regions.get(`${account}/us-east-1`) ?? {};
    const cluster = clusters?.get(chainOf(run, 'acme').cluster.split('/').at(-1) ?? '');
    return [...(cluster?.services.values() ?? [])][0]?.desiredCount ?? 0;
  }
});

const onScaling = { tenant: 'acme', kind: 'scaling', whole: true } as const;

function registered(change: Partial<RegisterScalableTargetCommandInput>): Damage['hurt'] {
  return (chain) => chain.hands.scaling.registerScalableTarget({ ...named(chain), ...change });
}

const isRight: Damage['right'] = async (chain) => {
  expect(await look(chain)).toMatchObject(right);
};

const policy = (PolicyName: string, TargetValue: number, PredefinedMetricType: string) => (chain: Chain) =>
  chain.hands.scaling.putScalingPolicy({
    ...named(chain),
    PolicyName,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue,
      PredefinedMetricSpecification: { PredefinedMetricType: PredefinedMetricType as typeof cpu },
    },
  });

const damages: readonly Damage[] = [
  {
    ...onScaling,
    what: 'a higher maximum',
    fields: ['MaxCapacity'],
    hurt: registered({ MaxCapacity: 90 }),
    right: isRight,
  },
  {
    ...onScaling,
    what: 'bounds that move the count',
    fields: ['MaxCapacity', 'MinCapacity'],
    hurt: registered({ MinCapacity: 7, MaxCapacity: 7 }),
    right: async (chain) => {
      expect(await look(chain)).toMatchObject({ ...right, desired: 6, running: 6 });
    },
  },
  {
    ...onScaling,
    what: 'suspended',
    fields: ['SuspendedState'],
    hurt: registered({ SuspendedState: { DynamicScalingOutSuspended: true } }),
    right: isRight,
  },
  {
    ...onScaling,
    what: 'another value to aim at',
    fields: ['TargetTrackingScalingPolicyConfiguration'],
    hurt: policy('cellwright', 99, cpu),
    right: isRight,
  },
  {
    ...onScaling,
    what: 'no policy',
    fields: ['TargetTrackingScalingPolicyConfiguration'],
    hurt: (chain) => chain.hands.scaling.deleteScalingPolicy({ ...named(chain), PolicyName: 'cellwright' }),
    right: isRight,
  },
  {
    ...onScaling,
    what: 'a policy more',
    fields: ['PolicyName'],
    hurt: policy('other', 10, 'ECSServiceAverageMemoryUtilization'),
    right: isRight,
  },
  {
    ...onScaling,
    what: 'deregistered',
    fields: ['_missing'],
    hurt: (chain) => chain.hands.scaling.deregisterScalableTarget(named(chain)),
    right: isRight,
  },
  {
    ...onScaling,
    kind: 'service',
    what: 'a count above the maximum',
    fields: ['desiredCount'],
    hurt: ({ hands, cluster, service }) => hands.ecs.updateService({ cluster, service, desiredCount: 9 }),
    right: async (chain) => {
      expect(await look(chain)).toMatchObject({ ...right, desired: 6 });
    },
  },
];

describe('what others change of it', () => {
  let run: Installation;
  let watch: Watch;
  beforeAll(async () => {
    const tenants = { acme: scaled(), bolt: { tier: 'standard' as const } };
    run = await settled({ fleet: smallFleet({ tenants }), config: sweepConfig });
    watch = new Watch(run, ['acme', 'bolt']);
  });
  afterAll(() => run.stop());

  it.each(damages.map((damage) => [damage.what, damage] as const))('%s: heals', async (_what, damage) => {
    await seeHealed(run, watch, damage);
  });
});
