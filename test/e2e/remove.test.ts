import { afterEach, describe, expect, it } from 'vitest';
import { answerRoute } from '../../src/simulator/route53/data-plane.ts';
import type { Installation } from '../support/installation.ts';
import { leftOf, reserved } from './leftovers.ts';
import { addressOf, allReady, chainOf, condition, controllerWrites, placementsOf, settled, Watch } from './outside.ts';
import { smallFleet } from './small-fleet.ts';

let run: Installation;
afterEach(() => run.stop());

const standard = { tier: 'standard' } as const;
const shared = { tier: 'shared' } as const;

/** Milliseconds since the epoch of the first such call after `since`. */
function firstCall(since: number, operation: string, part: string): number {
  const call = run.calls(since).find((one) => one.operation === operation && one.resources.join().includes(part));
  if (call === undefined) throw new Error(`no ${operation} on ${part}`);
  return Date.parse(call.at);
}

describe('a tenant whose record says deleted', () => {
  it('stays as it is while the fleet is paused, and a plan says both what would go and that nothing does', async () => {
    run = await settled({ fleet: smallFleet({ tenants: { acme: standard } }) });
    await run.put('Fleet', 'default', { mode: 'paused' });
    await run.put('Tenant', 'acme', { ...standard, state: 'deleted' });
    const since = run.aws.log.last;
    await run.until('it is accepted', () => run.phase('acme') === 'Deleting');
    await run.clock.drive(run.clock.sleep(300_000));
    expect(controllerWrites(run, since)).toEqual([]);
    const report = await run.clock.drive(run.leader?.term?.plan('acme') ?? Promise.reject(new Error('no term')));
    const [plan] = report.tenants;
    expect(plan?.changes.map(({ action }) => action)).toContain('delete');
    expect(plan?.notes).toEqual([expect.stringContaining('mode paused, nothing would be done')]);
  });

  it('leaves DNS first, stops a minute after every resolver has forgotten it, and then leaves nothing', async () => {
    run = await settled({ fleet: smallFleet({ tenants: { acme: { ...standard, placements: 2 }, bolt: standard } }) });
    const watch = new Watch(run, ['acme', 'bolt']);
    const { host } = addressOf(run, 'acme');
    const ids = placementsOf(run, 'acme').map((placement) => placement.id);
    const clusters = placementsOf(run, 'acme').map((placement) => placement.resources.cluster?.arn ?? '');
    const before = await reserved(run);
    const since = run.aws.log.last;
    await run.put('Tenant', 'acme', { ...standard, placements: 2, state: 'deleted' });
    let unresolvedAt = 0;
    for (let seconds = 0; run.phase('acme') !== 'Deleted'; seconds += 1) {
      if (seconds > 900) throw new Error(run.describe());
      await watch.advance(1, ['bolt']);
      const cached = answerRoute(run.aws, { host, path: '/', headers: {} }, true).answers;
      // A resolver that still holds the name leads to tasks that still serve.
      for (const answer of cached) expect(answer).toMatchObject({ tenant: 'acme', status: 200 });
      if (unresolvedAt === 0 && run.route(host).answers.length === 0) unresolvedAt = run.clock.now();
    }
    expect(unresolvedAt).toBeGreaterThan(0);
    const [first] = controllerWrites(run, since);
    expect(first?.operation).toBe('ChangeResourceRecordSets');
    for (const cluster of clusters) {
      const name = cluster.split('/').at(-1) ?? '';
      const stopped = firstCall(since, 'UpdateService', name);
      expect(stopped - unresolvedAt).toBeGreaterThanOrEqual(59_000);
      const order = ['DeleteService', 'DeleteCluster', 'DeregisterTaskDefinition', 'DeleteTaskDefinitions'];
      const times = order.map((operation) => firstCall(since, operation, name));
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times[0]).toBeGreaterThan(stopped);
    }
    expect(await leftOf(run, ids)).toEqual([]);
    expect(Object.values(before)).not.toEqual([]);
    expect(watch.complaints()).toEqual([]);
    const status = run.leader?.term?.view.get('Tenant', 'acme')?.status?.value;
    expect(status).toMatchObject({ generation: 2, observedGeneration: 2, placements: [] });
    const writes = controllerWrites(run, since).flatMap((call) => call.resources);
    const bolt = placementsOf(run, 'bolt')[0]?.id ?? 'none';
    expect(writes.filter((resource) => resource.includes(bolt))).toEqual([]);

    // The name rests for ten minutes, then it is a new tenant's.
    await run.put('Tenant', 'acme', standard);
    await run.advance(500);
    expect(condition(run, 'acme', 'Placed')).toBe('False NameResting');
    await run.until('placed anew', () => run.phase('acme') === 'Ready', 600_000);
    expect(ids).not.toContain(placementsOf(run, 'acme')[0]?.id);
    for (const tenant of ['acme', 'bolt']) await run.put('Tenant', tenant, { ...standard, state: 'deleted' });
    await run.until('both gone', () => run.phases().Deleted === 2);
    expect(await reserved(run)).toEqual({});
    expect(await leftOf(run, [run.installation])).toEqual([]);
  });

  it('behind a shared name: takes only itself away, and the last one takes the name', async () => {
    run = await settled({ fleet: smallFleet({ tenants: { echo: shared, fern: shared } }) });
    const watch = new Watch(run, ['echo', 'fern']);
    const ids = placementsOf(run, 'echo').map((placement) => placement.id);
    await run.put('Tenant', 'echo', { ...shared, state: 'deleted' });
    await watch.until('gone', () => run.phase('echo') === 'Deleted', ['fern']);
    expect(await leftOf(run, ids)).toEqual([]);
    await watch.advance(60, ['fern']);
    expect(watch.complaints()).toEqual([]);
    await run.put('Tenant', 'fern', { ...shared, state: 'deleted' });
    await watch.until('gone', () => run.phase('fern') === 'Deleted', []);
    await run.until('the name is gone', () => run.route('app.example.com').answers.length === 0, 300_000);
    expect(await leftOf(run, [run.installation])).toEqual([]);
    expect(await reserved(run)).toEqual({});
  });

  it('is kept without tasks for its retention, comes back to the same place, and goes when it is over', async () => {
    const fleet = smallFleet({ tenants: { bolt: standard, crane: standard, echo: shared }, retentionDays: 1 });
    run = await settled({ fleet });
    const chain = chainOf(run, 'bolt');
    const write = async (spec: object): Promise<void> => {
      await run.put('Tenant', 'bolt', { ...standard, ...spec });
      await run.put('Tenant', 'echo', { ...shared, ...spec });
    };
    await write({ state: 'deleted' });
    await run.until('kept', () => run.phases().Retained === 2);
    const { services = [] } = await run.clock.drive(
      chain.hands.ecs.describeServices({ cluster: chain.cluster, services: [chain.service] }),
    );
    expect(services[0]).toMatchObject({ status: 'ACTIVE', desiredCount: 0, runningCount: 0 });
    const left = await leftOf(run, [chain.placement.id]);
    expect(left.map((one) => one.split(' ')[0])).not.toContain('record');
    expect(left).toEqual(expect.arrayContaining([chain.rule, chain.targetGroup]));
    expect(run.leader?.term?.view.get('Tenant', 'bolt')?.status?.value).toMatchObject({ observedGeneration: 2 });
    await run.advance(200);
    expect(run.phases()).toEqual({ Retained: 2, Ready: 1 });

    await write({});
    await run.until('back', () => allReady(run));
    expect(chainOf(run, 'bolt')).toMatchObject({ rule: chain.rule, service: chain.service, cluster: chain.cluster });
    expect(placementsOf(run, 'bolt').map((one) => one.slot)).toEqual([chain.placement.slot]);
    const watch = new Watch(run, ['bolt', 'crane', 'echo']);
    await watch.advance(70);
    expect(watch.complaints()).toEqual([]);

    await write({ state: 'deleted' });
    await run.until('kept again', () => run.phases().Retained === 2);
    await run.stop();
    await run.advance(86_400);
    run.start();
    await run.until('gone', () => run.phases().Deleted === 2);
    expect(await leftOf(run, [chain.placement.id])).toEqual([]);
  });
});

describe('a tenant that is suspended', () => {
  it('has no tasks and keeps all else; resumed, it serves from the same place', async () => {
    run = await settled({ fleet: smallFleet({ tenants: { bolt: standard, echo: shared, fern: shared } }) });
    const watch = new Watch(run, ['bolt', 'echo', 'fern']);
    const chains = ['bolt', 'echo'].map((tenant) => chainOf(run, tenant));
    await run.put('Tenant', 'bolt', { ...standard, state: 'suspended' });
    await run.put('Tenant', 'echo', { ...shared, state: 'suspended' });
    const status = (tenant: string) => run.leader?.term?.view.get('Tenant', tenant)?.status?.value;
    await watch.until('suspended', () => run.phases().Suspended === 2, ['fern']);
    for (const chain of chains) {
      const { services = [] } = await run.clock.drive(
        chain.hands.ecs.describeServices({ cluster: chain.cluster, services: [chain.service] }),
      );
      expect(services[0]).toMatchObject({ status: 'ACTIVE', desiredCount: 0, runningCount: 0, pendingCount: 0 });
      expect(status(chain.tenant)).toMatchObject({ generation: 2, observedGeneration: 2 });
      const left = await leftOf(run, [chain.placement.id]);
      expect(left).toEqual(expect.arrayContaining([chain.rule, chain.targetGroup]));
    }
    expect(run.route('bolt.standard.example.com').answers).toMatchObject([{ status: 503, tenant: null }]);
    // Nothing is done to what is at rest, and it stays so.
    const since = run.aws.log.last;
    await watch.advance(300, ['fern']);
    expect(controllerWrites(run, since)).toEqual([]);
    expect(run.phases()).toEqual({ Suspended: 2, Ready: 1 });
    await run.put('Tenant', 'bolt', standard);
    await run.put('Tenant', 'echo', shared);
    await watch.until('resumed', () => allReady(run), ['fern']);
    expect(status('bolt')).toMatchObject({ generation: 3, observedGeneration: 3 });
    for (const chain of chains)
      expect(chainOf(run, chain.tenant)).toMatchObject({ rule: chain.rule, service: chain.service });
    expect(watch.complaints()).toEqual([]);
  });
});

describe('a tenant that asks for fewer placements', () => {
  it('is answered all the time, by those that stay', async () => {
    run = await settled({ fleet: smallFleet({ tenants: { acme: { ...standard, placements: 2 }, bolt: standard } }) });
    const watch = new Watch(run, ['acme', 'bolt']);
    const ids = placementsOf(run, 'acme').map((placement) => placement.id);
    const since = run.aws.log.last;
    await run.put('Tenant', 'acme', { ...standard, placements: 1 });
    await watch.until('one left', () => placementsOf(run, 'acme').length === 1 && allReady(run));
    const stays = placementsOf(run, 'acme')[0]?.id;
    const gone = ids.filter((id) => id !== stays);
    expect(gone).toHaveLength(1);
    expect(controllerWrites(run, since)[0]?.operation).toBe('ChangeResourceRecordSets');
    expect(await leftOf(run, gone)).toEqual([]);
    const untouched = controllerWrites(run, since).flatMap((call) => call.resources);
    expect(untouched.filter((resource) => resource.includes(stays ?? 'none'))).toEqual([]);
    await watch.advance(30);
    expect(watch.complaints()).toEqual([]);
    expect(run.leader?.term?.view.get('Tenant', 'acme')?.status?.value).toMatchObject({ observedGeneration: 2 });
  });
});

describe('a desired table that was wiped', () => {
  it('takes nothing away: all goes on and heals as orphans, until the records are back', async () => {
    const tenants = { acme: { ...standard, placements: 2 }, bolt: standard, echo: shared };
    run = await settled({ fleet: smallFleet({ tenants }), config: { resyncMs: 60_000, detailMs: 90_000 } });
    const watch = new Watch(run, Object.keys(tenants));
    const records = await run.clock.drive(run.desired.list());
    const since = run.aws.log.last;
    for (const { kind, name } of records) await run.clock.drive(run.desired.delete(String(kind), String(name)));
    await watch.until('all orphans', () => run.phases().Orphaned === 3);
    await watch.advance(200);
    expect(controllerWrites(run, since)).toEqual([]);
    const cells = () => (run.leader?.term?.view.all('Cell') ?? []).map((cell) => cell.status?.value.phase);
    expect(cells()).toEqual(['Orphaned', 'Orphaned', 'Orphaned']);

    // An orphan heals, also after a restart.
    await run.stop();
    run.start();
    await run.until('works again', () => run.leader?.term?.working === true);
    const { hands, cluster, service } = chainOf(run, 'bolt');
    await run.clock.drive(hands.ecs.updateService({ cluster, service, healthCheckGracePeriodSeconds: 1 }));
    await watch.advance(150);
    const { services = [] } = await run.clock.drive(hands.ecs.describeServices({ cluster, services: [service] }));
    expect(services[0]?.healthCheckGracePeriodSeconds).toBe(60);
    expect(run.phases()).toEqual({ Orphaned: 3 });

    const back = run.aws.log.last;
    for (const { kind, name, spec } of records) await run.put(String(kind), String(name), spec);
    await watch.until('all Ready again', () => run.phases().Ready === 3);
    await watch.advance(150);
    expect(controllerWrites(run, back)).toEqual([]);
    expect(watch.complaints()).toEqual([]);
    expect(cells()).toEqual(['Ready', 'Ready', 'Ready']);
  });
});
