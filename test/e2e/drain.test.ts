import { afterEach, describe, expect, test } from 'vitest';
import { movePhases } from '../../src/model/moves.ts';
import { type DrainFleet, DrainRun, names } from './drain-fleet.ts';

let drain: DrainRun;
afterEach(async () => {
  drain.probe.stop();
  await drain.run.stop();
});

const places = { a1: 'a', a2: 'a', b1: 'b' };

function fleetOf(count: number, more: Partial<DrainFleet> = {}): DrainFleet {
  const tenants = Object.fromEntries(names(count).map((name) => [name, {}]));
  return { places, home: ['a1'], tenants, fleet: { moves: { concurrent: 3 } }, ...more };
}

const groupsOf = (tenant: string): string[] => drain.placements(tenant).map(({ infraGroup }) => infraGroup);

test('a cell is emptied under a probe of every name: cancelled half-way, taken up again, the controller killed in each phase of a move', async () => {
  drain = await DrainRun.start(fleetOf(8));
  await drain.cell('a', { state: 'draining' });
  let most = 0;
  const left = (): number => drain.inGroup('a1').length;
  await drain.until('half of them left', () => {
    most = Math.max(most, drain.phases().length);
    return left() <= 5;
  });
  expect(most).toBe(3);
  await drain.cell('a', {});
  await drain.until('the moves that could go back did', () => drain.phases().length === 0);
  const stayed = left();
  expect(stayed).toBeGreaterThan(0);
  expect(drain.drained('Cell', 'a')).toBe('none');
  await drain.run.advance(60);
  expect(left()).toBe(stayed);
  await drain.cell('a', { state: 'draining' });
  for (const phase of movePhases) {
    if (left() === 0) break;
    await drain.until(`a move in ${phase}`, () => left() === 0 || drain.phases().includes(phase));
    await drain.killed();
  }
  await drain.until('the cell is empty', () => drain.drained('Cell', 'a') === 'Drained: no tenant is left', 7_200);
  expect(left()).toBe(0);
  for (const name of names(8)) expect(groupsOf(name)).toEqual(['b1']);
  expect(drain.probe.failed).toEqual([]);
  expect(drain.probe.asked).toBeGreaterThan(1_000);
  const events = (await drain.run.stored('Cell', 'a')).status?.value;
  expect(events?.drain).toBeDefined();
});

test('who is pinned there stays and is told of; with a wider pin the drain comes to its end', async () => {
  const tenants = { t001: { pin: ['a1'] }, t002: {} };
  drain = await DrainRun.start(fleetOf(0, { tenants }));
  await drain.group('a1', { state: 'draining' });
  await drain.until('the other one left, the pinned one is held', () =>
    drain.drained('InfraGroup', 'a1').startsWith('Held'),
  );
  expect(drain.drained('InfraGroup', 'a1')).toMatch(/1 of 2 placements left; held: t001 .*pin/);
  expect(groupsOf('t001')).toEqual(['a1']);
  await drain.tenant('t001', { pin: ['a1', 'b1'] });
  await drain.until('the group is empty', () => drain.drained('InfraGroup', 'a1').startsWith('Drained'));
  expect(groupsOf('t001')).toEqual(['b1']);
  expect(drain.probe.failed).toEqual([]);
});

test('without room for all, those who can go go, and the others are named', async () => {
  drain = await DrainRun.start(fleetOf(5, { places: { a1: 'a', b1: 'b' }, rules: 6 }));
  await drain.group('b1', { quotas: { rules: 4, targetGroups: 500, targets: 2_000, subnetAddresses: 2_000 } });
  await drain.group('a1', { state: 'draining' });
  await drain.until('who could go went', () => drain.drained('InfraGroup', 'a1').startsWith('Held'));
  expect(drain.drained('InfraGroup', 'a1')).toMatch(/2 of 5 placements left; held: .*would help: .*rules/);
  expect(drain.inGroup('b1')).toHaveLength(3);
  await drain.group('b1', {});
  await drain.until('the group is empty', () => drain.drained('InfraGroup', 'a1').startsWith('Drained'));
  expect(drain.probe.failed).toEqual([]);
});

test("a user's wishes go through while the drain goes on", async () => {
  drain = await DrainRun.start(fleetOf(4, { fleet: { moves: { concurrent: 1 } } }));
  await drain.group('a1', { state: 'draining' });
  await drain.until('the first one moves', () => drain.phases().length > 0);
  drain.probe.without('t003');
  drain.probe.without('t004');
  await drain.tenant('t002', { service: { image: 'registry.example.com/standard/server:2.0' } });
  await drain.tenant('t003', { state: 'suspended' });
  await drain.tenant('t004', { state: 'deleted' });
  await drain.until('the group is empty', () => drain.drained('InfraGroup', 'a1').startsWith('Drained'));
  expect(groupsOf('t004')).toEqual([]);
  expect(groupsOf('t001')).not.toContain('a1');
  await drain.until('all as their records say', () => {
    const { run } = drain;
    return run.phase('t002') === 'Ready' && run.phase('t003') === 'Suspended' && run.phase('t004') === 'Deleted';
  });
  expect(drain.probe.failed).toEqual([]);
});

describe('in scope tier', () => {
  test('tenants leave a group by closure: its record under the shared name goes first', async () => {
    drain = await DrainRun.start(fleetOf(3, { scope: 'tier', home: ['a1', 'b1'], places: { a1: 'a', b1: 'b' } }));
    await drain.group('a1', { state: 'draining' });
    await drain.until('the group is empty', () => drain.drained('InfraGroup', 'a1').startsWith('Drained'));
    for (const name of names(3)) expect(groupsOf(name)).toEqual(['b1']);
    expect(drain.probe.failed).toEqual([]);
  });
});

test('rebalancing frees a group within its budget, and says how far it is', async () => {
  const tenants = Object.fromEntries(
    names(4).map((name, index) => [name, { movable: true, pin: [index < 3 ? 'a1' : 'b1'] }]),
  );
  drain = await DrainRun.start(fleetOf(0, { tenants, home: ['a1', 'b1'], places: { a1: 'a', b1: 'b' } }));
  await drain.tenant('t004', { movable: true });
  const until = new Date(drain.run.clock.now() + 3_600_000).toISOString();
  const order = { removals: { perTenMinutes: 1_000 }, rebalance: [{ tier: 'standard', moves: 1, until }] };
  await drain.run.put('Fleet', 'default', order);
  await drain.until('b1 is free', () => drain.inGroup('b1').length === 0);
  await drain.run.advance(120);
  const fleet = (await drain.run.stored('Fleet', 'default')).status?.value;
  expect(fleet?.rebalance).toMatchObject([{ tier: 'standard', until, charged: 1, done: 1, open: [] }]);
  expect(fleet?.conditions.find(({ type }) => type === 'Rebalancing')).toMatchObject({
    status: 'False',
    reason: 'Idle',
  });
  expect(fleet?.phase).toBe('Ready');
  expect(drain.probe.failed).toEqual([]);
});
