import { afterEach, describe, expect, it } from 'vitest';
import { condition, placementsOf, settled, Watch } from '../e2e/outside.ts';
import { smallFleet } from '../e2e/small-fleet.ts';
import type { Installation } from '../support/installation.ts';

const perTenMinutes = 5;
const window = 600_000;

let run: Installation;
afterEach(() => run.stop());

const names = Array.from({ length: 20 }, (_, index) => `t${index + 1}`);
const standard = { tier: 'standard' } as const;

/** When the record of each tenant was taken out, in order of time: after `since`, no other change of it is asked for. */
function withdrawals(since: number): number[] {
  const calls = run.calls(since).filter((call) => call.operation === 'ChangeResourceRecordSets' && call.error === null);
  const times = names.flatMap((name) => {
    const call = calls.find((one) => one.resources.some((resource) => resource.includes(`/${name}.standard.`)));
    return call === undefined ? [] : [Date.parse(call.at)];
  });
  return times.sort((a, b) => a - b);
}

function expectWithinBudget(times: readonly number[]): void {
  for (const [index, time] of times.entries()) {
    const sixth = times[index + perTenMinutes];
    if (sixth !== undefined) expect(sixth - time).toBeGreaterThanOrEqual(window);
  }
}

describe('twenty tenants deleted at once', () => {
  it('leave five in ten minutes, through a crash too; an operator lifts it', async () => {
    const tenants = Object.fromEntries(names.map((name) => [name, { ...standard, service: { tasks: 1 } }]));
    run = await settled({ fleet: smallFleet({ tenants, fleet: { removals: { perTenMinutes } } }) });
    const watch = new Watch(run, names);
    const since = run.aws.log.last;
    for (const name of names) await run.put('Tenant', name, { ...tenants[name], state: 'deleted' });
    await run.until('five gone', () => run.phases().Deleted === perTenMinutes);
    expect(withdrawals(since)).toHaveLength(perTenMinutes);
    const held = names.filter((name) => condition(run, name, 'Synced') === 'False RemovalHeld');
    expect(held).toHaveLength(15);
    expect(run.told.held.some((one) => one.reason === 'removal_budget' && one.tenant === held[0])).toBe(true);
    // It is known when the budget has room again: nobody asks before, but for the detail sweep that comes round once.
    const asked = run.told.outcomes.length;
    await run.advance(300);
    expect(run.told.outcomes.slice(asked).filter(({ outcome }) => outcome.kind === 'held').length).toBeLessThanOrEqual(
      20,
    );
    const message = run.leader?.term?.view
      .get('Tenant', held[0] ?? '')
      ?.status?.value.conditions.find((one) => one.type === 'Synced')?.message;
    expect(message).toMatch(/5 of 5 removals of the last ten minutes/);

    // Those held serve on, and a crash does not fill the purse.
    run.kill();
    run.start();
    await watch.advance(120, held);
    expect(withdrawals(since)).toHaveLength(perTenMinutes);
    await run.until('the next five', () => withdrawals(since).length === 2 * perTenMinutes, 1_500_000);
    expectWithinBudget(withdrawals(since));

    const until = new Date(run.clock.now() + window).toISOString();
    await run.put('Fleet', 'default', { removals: { perTenMinutes }, allow: [{ reason: 'removal_budget', until }] });
    await run.until('all gone', () => run.phases().Deleted === names.length, 500_000);
    expect(watch.complaints()).toEqual([]);
  });
});

describe('a budget of one', () => {
  it('holds suspensions and reductions as it holds deletions', async () => {
    const tenants = { acme: { ...standard, placements: 2 }, bolt: standard, crane: standard };
    run = await settled({ fleet: smallFleet({ tenants, fleet: { removals: { perTenMinutes: 1 } } }) });
    const watch = new Watch(run, Object.keys(tenants));
    await run.put('Tenant', 'bolt', { ...standard, state: 'suspended' });
    await run.until('suspended', () => run.phase('bolt') === 'Suspended');
    await run.put('Tenant', 'crane', { ...standard, state: 'suspended' });
    await run.put('Tenant', 'acme', { ...standard, placements: 1 });
    await watch.advance(200, ['acme', 'crane']);
    expect(run.told.held.filter((one) => one.reason === 'removal_budget').map((one) => one.tenant)).toEqual(
      expect.arrayContaining(['acme', 'crane']),
    );
    expect(placementsOf(run, 'acme')).toHaveLength(2);
    // A task more or less is no removal.
    await run.put('Tenant', 'acme', { ...standard, placements: 1, service: { tasks: 1 } });
    await watch.advance(100, ['acme', 'crane']);
    expect(watch.complaints()).toEqual([]);
    await run.until(
      'one more',
      () => placementsOf(run, 'acme').length + (run.phase('crane') === 'Suspended' ? 0 : 1) === 2,
    );
    await run.until(
      'all',
      () => placementsOf(run, 'acme').length === 1 && run.phase('crane') === 'Suspended',
      1_500_000,
    );
  });
});
