import { afterEach, describe, expect, test, vi } from 'vitest';
import type { MovePhase } from '../../src/model/moves.ts';
import { type DrainFleet, DrainRun, names, Probe } from './drain-fleet.ts';

vi.setConfig({ testTimeout: 300_000 });

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

/** Where a crash is most likely to leave something half-done; `npm run test:fleet` goes through all phases. */
const deadly: readonly MovePhase[] = ['Ramp', 'Drain'];

const groupsOf = (tenant: string): string[] => drain.placements(tenant).map(({ infraGroup }) => infraGroup);

test('a cell is emptied under a probe of every name: cancelled half-way, taken up again, the controller killed in the midst of moves', async () => {
  drain = await DrainRun.start(fleetOf(3, { places: { a1: 'a', b1: 'b' }, fleet: { moves: { concurrent: 2 } } }));
  const { killedIn, most } = await drain.empty('a', 2, deadly);
  expect(most).toBe(2);
  expect([...killedIn].sort()).toEqual([...deadly].sort());
  for (const name of names(3)) expect(groupsOf(name)).toEqual(['b1']);
  expect(drain.probe.failed).toEqual([]);
  expect(drain.probe.asked).toBeGreaterThan(2_000);
});

test('who is pinned there, and who finds no room, stay and are told of with what would help; given that, the drain comes to its end', async () => {
  const tenants = { t001: { pin: ['a1'] }, t002: {}, t003: {} };
  drain = await DrainRun.start(fleetOf(0, { tenants, places: { a1: 'a', b1: 'b' } }));
  await drain.group('b1', { quotas: { rules: 2, targetGroups: 500, targets: 2_000, subnetAddresses: 2_000 } });
  await drain.group('a1', { state: 'draining' });
  await drain.until('who could go went', () => drain.drained('InfraGroup', 'a1').startsWith('Held'));
  expect(drain.drained('InfraGroup', 'a1')).toMatch(
    /2 of 3 placements left; held: t001 \(pinned to a1; would help: .*pin.*t00[23] .*would help: .*rules/,
  );
  expect(drain.inGroup('b1')).toHaveLength(1);
  expect(groupsOf('t001')).toEqual(['a1']);
  const held = (await drain.run.stored('InfraGroup', 'a1')).status?.value;
  expect(held).toMatchObject({ phase: 'Ready', drain: { total: 3 } });
  await drain.group('b1', {});
  await drain.tenant('t001', { pin: ['a1', 'b1'] });
  await drain.until('the group is empty', () => drain.drained('InfraGroup', 'a1').startsWith('Drained'));
  expect(groupsOf('t001')).toEqual(['b1']);
  expect(drain.probe.failed).toEqual([]);
});

test("a user's wishes go through while the drain goes on", async () => {
  drain = await DrainRun.start(fleetOf(4, { places: { a1: 'a', b1: 'b' }, fleet: { moves: { concurrent: 1 } } }));
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
  // The probe is one that can fail.
  const stranger = new Probe(drain.run, 'tenant', ['nobody']);
  stranger.start();
  await drain.run.advance(2);
  stranger.stop();
  expect(stranger.failed.join()).toContain('nobody: its name does not resolve');
  expect(drain.probe.failed).toEqual([]);
});
