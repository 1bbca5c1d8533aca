import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leftOf, reserved } from '../e2e/leftovers.ts';
import { condition, placementsOf, settled, Watch } from '../e2e/outside.ts';
import { smallFleet } from '../e2e/small-fleet.ts';
import type { Installation } from '../support/installation.ts';

let run: Installation;
let watch: Watch;
const standard = { tier: 'standard' } as const;
const gone = { ...standard, state: 'deleted' };

beforeEach(async () => {
  run = await settled({ fleet: smallFleet({ tenants: { bolt: standard, crane: standard } }) });
  watch = new Watch(run, ['bolt', 'crane']);
});
afterEach(async () => {
  expect(watch.complaints()).toEqual([]);
  await run.stop();
});

/** Nothing of these placements is left, and nothing is reserved but what the tenants that are left hold. */
async function expectTraceless(ids: readonly string[]): Promise<void> {
  expect(await leftOf(run, ids)).toEqual([]);
  const held = ['bolt', 'crane', 'dune'].flatMap((tenant) => placementsOf(run, tenant));
  const targetGroups = Object.entries(await reserved(run)).flatMap(([key, used]) =>
    key.startsWith('InfraGroup/') ? [Number((used as { targetGroups?: number }).targetGroups ?? 0)] : [],
  );
  expect(targetGroups.reduce((sum, one) => sum + one, 0)).toBe(held.length);
}

describe('a record that changes its mind', () => {
  it.each([3, 50, 130])('is followed: deleted, and active again after %i s', async (seconds) => {
    const before = placementsOf(run, 'bolt').map((one) => one.id);
    await run.put('Tenant', 'bolt', gone);
    await watch.advance(seconds, ['crane']);
    await run.put('Tenant', 'bolt', standard);
    await watch.until(
      'Ready and nothing leaves',
      () => run.phase('bolt') === 'Ready' && placementsOf(run, 'bolt').length === 1,
      ['crane'],
      1_800,
    );
    const now = placementsOf(run, 'bolt').map((one) => one.id);
    await expectTraceless(before.filter((id) => !now.includes(id)));
    await watch.advance(70);
  });

  it('is followed: deleted before it ever served', async () => {
    await run.put('Tenant', 'dune', standard);
    await run.until('a service', () => placementsOf(run, 'dune')[0]?.resources.service?.arn !== undefined);
    const ids = placementsOf(run, 'dune').map((one) => one.id);
    await run.put('Tenant', 'dune', gone);
    await watch.until('gone', () => run.phase('dune') === 'Deleted');
    await expectTraceless(ids);
  });

  it('is followed: suspended, then deleted, then its record removed, which ends the tenant', async () => {
    const ids = placementsOf(run, 'bolt').map((one) => one.id);
    await run.put('Tenant', 'bolt', { ...standard, state: 'suspended' });
    await watch.until('suspended', () => run.phase('bolt') === 'Suspended', ['crane']);
    await run.put('Tenant', 'bolt', gone);
    await watch.advance(10, ['crane']);
    await run.clock.drive(run.desired.delete('Tenant', 'bolt'));
    await watch.until('forgotten', () => run.leader?.term?.view.get('Tenant', 'bolt') === undefined, ['crane'], 1_800);
    await expectTraceless(ids);
    expect((await run.stored('Tenant', 'bolt')).spec).toBeUndefined();
  });

  it('is followed: deleted while ECS holds a content back', async () => {
    const ids = placementsOf(run, 'bolt').map((one) => one.id);
    await run.put('Tenant', 'bolt', { ...standard, service: { image: 'fails-to-start:1' } });
    const rolledBack = () => condition(run, 'bolt', 'ServiceStable') === 'False RolledBack';
    await watch.until('rolled back', rolledBack, undefined, 3_600);
    await run.put('Tenant', 'bolt', gone);
    await watch.until('gone', () => run.phase('bolt') === 'Deleted', ['crane']);
    await expectTraceless(ids);
  });

  it('is followed: deleted in the midst of a roll-out', async () => {
    const ids = placementsOf(run, 'bolt').map((one) => one.id);
    await run.put('Tenant', 'bolt', { ...standard, service: { image: 'server:2' } });
    await watch.until('rolling', () => condition(run, 'bolt', 'ServiceStable') === 'False Deploying');
    await watch.advance(20);
    await run.put('Tenant', 'bolt', gone);
    await watch.until('gone', () => run.phase('bolt') === 'Deleted', ['crane']);
    await expectTraceless(ids);
  });
});
