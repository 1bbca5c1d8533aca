import { afterEach, describe, expect, it } from 'vitest';
import type { Installation } from '../support/installation.ts';
import { type Chain, chainOf, condition, controllerWrites, handsOf, placementsOf, settled, Watch } from './outside.ts';
import { smallFleet } from './small-fleet.ts';

let run: Installation;
afterEach(() => run.stop());

const standard = { tier: 'standard' } as const;
const shared = { tier: 'shared' } as const;
const image = (tag: string) => ({ service: { image: `registry.example.com/server:${tag}` } });

const statusOf = (tenant: string) => run.leader?.term?.view.get('Tenant', tenant)?.status?.value;

/** The images of the tasks that run, and how many deployments there are. */
async function live(chain: Chain): Promise<{ images: string[]; deployments: number }> {
  const { hands, cluster, service } = chain;
  const drive = <T>(work: Promise<T>): Promise<T> => run.clock.drive(work);
  const { services = [] } = await drive(hands.ecs.describeServices({ cluster, services: [service] }));
  const { taskArns = [] } = await drive(hands.ecs.listTasks({ cluster }));
  const { tasks = [] } = await drive(hands.ecs.describeTasks({ cluster, tasks: taskArns }));
  const images = tasks.flatMap((task) => (task.containers ?? []).map((container) => container.image ?? ''));
  return {
    images: [...new Set(images)].map((one) => one.split(':')[1] ?? ''),
    deployments: services[0]?.deployments?.length ?? 0,
  };
}

describe('a new image', () => {
  it('rolls out without an empty answer, and is told as reached only once nothing else runs', async () => {
    run = await settled({
      fleet: smallFleet({ tenants: { acme: { ...standard, placements: 2 }, bolt: standard, echo: shared } }),
    });
    const watch = new Watch(run, ['acme', 'bolt', 'echo']);
    const before = statusOf('acme');
    const specs = { acme: { ...standard, placements: 2, ...image('2') }, echo: { ...shared, ...image('2') } };
    for (const [tenant, spec] of Object.entries(specs)) await run.put('Tenant', tenant, spec);
    const reached = (tenant: string): boolean => statusOf(tenant)?.observedGeneration === 2;
    for (const tenant of ['acme', 'echo']) {
      await watch.until(`${tenant} reached`, () => {
        const accepted = run.leader?.term?.view.get('Tenant', tenant)?.accepted;
        if (!reached(tenant) && accepted?.generation === 2)
          expect(statusOf(tenant)?.observedHash).not.toBe(accepted.hash);
        return reached(tenant);
      });
      for (const index of placementsOf(run, tenant).keys())
        expect(await live(chainOf(run, tenant, index))).toEqual({ images: ['2'], deployments: 1 });
      expect(run.phase(tenant)).toBe('Ready');
    }
    expect(statusOf('acme')?.observedHash).not.toBe(before?.observedHash);
    expect(statusOf('bolt')?.observedGeneration).toBe(1);
    await watch.until('old definitions are gone', () =>
      placementsOf(run, 'acme').every((one) => one.retired.length === 0),
    );
    const { taskDefinitionArns } = await run.clock.drive(
      handsOf(run, '111111111111').ecs.listTaskDefinitions({ status: 'ACTIVE' }),
    );
    expect(taskDefinitionArns).toHaveLength(placementsOf(run, 'bolt')[0]?.cell === 'standard-a' ? 2 : 1);
    expect(watch.complaints()).toEqual([]);
  });

  it('of the tier reaches all its tenants, and none of another tier', async () => {
    run = await settled({ fleet: smallFleet({ tenants: { bolt: standard, crane: standard, echo: shared } }) });
    const watch = new Watch(run, ['bolt', 'crane', 'echo']);
    const tier = run.leader?.term?.view.spec('Tier', 'standard');
    if (tier === undefined) throw new Error('no tier');
    const since = run.aws.log.last;
    const rollout = { ...tier.rollout, bakeSeconds: 5 };
    await run.put('Tier', 'standard', { ...tier, rollout, service: { ...tier.service, ...image('3').service } });
    await watch.until('all reached', () =>
      ['bolt', 'crane'].every((one) => statusOf(one)?.observedGeneration === 2 && run.phase(one) === 'Ready'),
    );
    for (const tenant of ['bolt', 'crane']) expect((await live(chainOf(run, tenant))).images).toEqual(['3']);
    expect(statusOf('echo')?.generation).toBe(1);
    expect(controllerWrites(run, since).filter((call) => call.account === '444444444444')).toEqual([]);
    expect(watch.complaints()).toEqual([]);
  });
});

describe('an image that ECS rolls back', () => {
  const updates = (since: number): number =>
    controllerWrites(run, since).filter((call) => call.operation === 'UpdateService').length;

  /** The definition that the service stands on: while it does, it may not be taken away. */
  const definitionInUse = async () => {
    const { hands, cluster, service } = chainOf(run, 'bolt');
    const { services = [] } = await run.clock.drive(hands.ecs.describeServices({ cluster, services: [service] }));
    const taskDefinition = services[0]?.taskDefinition;
    return (await run.clock.drive(hands.ecs.describeTaskDefinition({ taskDefinition }))).taskDefinition;
  };

  it.each(['fails-to-start', 'unhealthy'])('is held and not fought, the tasks before it serve on: %s', async (tag) => {
    run = await settled({
      fleet: smallFleet({ tenants: { bolt: standard } }),
      config: { resyncMs: 60_000, detailMs: 60_000 },
    });
    const watch = new Watch(run, ['bolt']);
    const since = run.aws.log.last;
    await run.put('Tenant', 'bolt', { ...standard, ...image(tag) });
    const rolledBack = () => condition(run, 'bolt', 'ServiceStable') === 'False RolledBack';
    await watch.until('rolled back', rolledBack, undefined, 3_600);
    expect(updates(since)).toBe(1);
    await watch.advance(150);
    expect(rolledBack()).toBe(true);
    expect(updates(since)).toBe(1);
    expect(await live(chainOf(run, 'bolt'))).toEqual({ images: ['1.0'], deployments: 1 });
    expect(await definitionInUse()).toMatchObject({ status: 'ACTIVE' });
    expect(statusOf('bolt')).toMatchObject({ generation: 2, observedGeneration: 1, phase: 'Updating' });
    expect(condition(run, 'bolt', 'Ready')).toBe('False RolledBack');
    const drift = run.told.changes.filter((one) => one.change.reason === 'drift');
    expect(drift).toEqual([]);

    // It is remembered through a restart, other drift heals, and the service stays on what serves.
    await run.stop();
    run.start();
    await run.until('works again', () => run.leader?.term?.working === true);
    const { hands, cluster, service } = chainOf(run, 'bolt');
    const restarted = run.aws.log.last;
    await run.clock.drive(hands.ecs.updateService({ cluster, service, healthCheckGracePeriodSeconds: 2 }));
    await watch.advance(150);
    expect(updates(restarted)).toBe(1);
    const { services = [] } = await run.clock.drive(hands.ecs.describeServices({ cluster, services: [service] }));
    expect(services[0]?.healthCheckGracePeriodSeconds).toBe(60);
    expect(rolledBack()).toBe(true);

    await run.put('Tenant', 'bolt', { ...standard, ...image('2') });
    await watch.until(
      'the next content is live',
      () => statusOf('bolt')?.observedGeneration === 3 && run.phase('bolt') === 'Ready',
    );
    expect(await live(chainOf(run, 'bolt'))).toEqual({ images: ['2'], deployments: 1 });
    await watch.until('nothing is left of the others', () => placementsOf(run, 'bolt')[0]?.retired.length === 0);
    const { taskDefinitionArns } = await run.clock.drive(hands.ecs.listTaskDefinitions({ status: 'ACTIVE' }));
    expect(taskDefinitionArns).toEqual([chainOf(run, 'bolt').definition]);
    expect(watch.complaints()).toEqual([]);
  });

  it('is left by going back to the content before it, and tried once more when asked for once more', async () => {
    run = await settled({
      fleet: smallFleet({ tenants: { bolt: standard } }),
      config: { resyncMs: 60_000, detailMs: 60_000 },
    });
    const watch = new Watch(run, ['bolt']);
    const rolledBack = () => condition(run, 'bolt', 'ServiceStable') === 'False RolledBack';
    const bad = { ...standard, ...image('fails-to-start') };
    await run.put('Tenant', 'bolt', bad);
    await watch.until('rolled back', rolledBack, undefined, 3_600);
    // Another hand takes the refused revision away: its successor says the same, and is held like it.
    const { hands, definition } = chainOf(run, 'bolt');
    const since = run.aws.log.last;
    await run.clock.drive(hands.ecs.deregisterTaskDefinition({ taskDefinition: definition }));
    await watch.until('registered anew', () => chainOf(run, 'bolt').definition !== definition);
    await watch.advance(130);
    expect(rolledBack()).toBe(true);
    expect(updates(since)).toBe(0);

    await run.put('Tenant', 'bolt', standard);
    await watch.until('Ready', () => run.phase('bolt') === 'Ready' && statusOf('bolt')?.observedGeneration === 3);
    expect((await live(chainOf(run, 'bolt'))).images).toEqual(['1.0']);
    await watch.until('nothing is left of the others', () => placementsOf(run, 'bolt')[0]?.retired.length === 0);
    expect(await definitionInUse()).toMatchObject({
      status: 'ACTIVE',
      taskDefinitionArn: chainOf(run, 'bolt').definition,
    });

    const again = run.aws.log.last;
    await run.put('Tenant', 'bolt', bad);
    await watch.until('tried', () => updates(again) === 1);
    await watch.until('rolled back again', rolledBack, undefined, 3_600);
    await watch.advance(130);
    expect(updates(again)).toBe(1);
    expect(watch.complaints()).toEqual([]);
  });
});
