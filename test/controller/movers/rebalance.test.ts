import { describe, expect, test } from 'vitest';
import { rebalanceTold } from '../../../src/controller/movers/conditions.ts';
import type { FleetMovers } from '../../../src/controller/movers/movers.ts';
import type { RebalancePlanner } from '../../../src/controller/movers/rebalances.ts';
import type { RebalanceProgress } from '../../../src/model/state.ts';
import { Toy } from './fixture.ts';

const until = '2027-01-01T00:00:00.000Z';

/** Wants everybody in g1 to go to h1. */
const planner: RebalancePlanner = (tier, seats, moves) => ({
  tier,
  moves: seats
    .filter(({ placement }) => placement.infraGroup === 'g1')
    .map(({ entry, placement }) => ({
      tenant: entry.name,
      placement: placement.id,
      from: 'g1',
      to: 'h1',
      why: 'frees infra group g1',
    }))
    .slice(0, moves),
  frees: ['g1'],
  text: '',
});

function fleet(tenants: readonly string[], order: { moves: number; until?: string; concurrent?: number }) {
  const toy = new Toy({ g1: 'a', h1: 'b' });
  for (const name of tenants) toy.tenant(name, 'g1', { movable: true });
  toy.put('Fleet', 'default', {
    moves: { concurrent: order.concurrent ?? 10 },
    rebalance: [{ tier: 'standard', moves: order.moves, until: order.until ?? until }],
  });
  return { toy, movers: toy.movers({ planRebalance: planner }) };
}

/** One run of the Fleet's key: what is charged is written, then the turns are given. */
function run(movers: FleetMovers, before: readonly RebalanceProgress[]) {
  movers.drain();
  const progress = movers.charge(before);
  return { progress, tenants: movers.begin(progress) };
}

const orderOf = (toy: Toy, movers: FleetMovers, name: string) => movers.orderFor(name, toy.home(name));

describe('an order to rebalance', () => {
  test('charges before anything may begin, and moves no more than its budget', () => {
    const { toy, movers } = fleet(['t1', 't2', 't3', 't4'], { moves: 3, concurrent: 2 });
    movers.drain();
    const charged = movers.charge([]);
    expect(charged).toMatchObject([{ tier: 'standard', until, charged: 2, done: 0 }]);
    expect(orderOf(toy, movers, 't1')).toBeUndefined();
    expect(movers.begin(charged)).toEqual(['t1', 't2']);
    expect(orderOf(toy, movers, 't1')).toEqual({ cause: 'rebalance', why: 'frees infra group g1', to: ['h1'] });
    expect(orderOf(toy, movers, 't3')).toBeUndefined();
    for (const name of ['t1', 't2']) toy.begin(name, 'h1', 'rebalance');
    const begun = run(movers, charged);
    expect(begun.tenants).toEqual([]);
    toy.finish('t1');
    toy.finish('t2');
    const next = run(movers, begun.progress);
    expect(next).toMatchObject({ progress: [{ charged: 3, done: 2 }], tenants: ['t3'] });
    toy.begin('t3', 'h1', 'rebalance');
    toy.finish('t3');
    expect(run(movers, next.progress)).toMatchObject({ progress: [{ charged: 3, done: 3, open: [] }], tenants: [] });
  });

  test('goes on after a restart with what was counted', () => {
    const { toy, movers } = fleet(['t1', 't2', 't3'], { moves: 2, concurrent: 1 });
    const first = run(movers, []);
    toy.begin('t1', 'h1', 'rebalance');
    const again = toy.movers({ planRebalance: planner });
    const second = run(again, first.progress);
    expect(second).toMatchObject({ progress: [{ charged: 1, open: [{ tenant: 't1', begun: true }] }], tenants: [] });
    toy.finish('t1');
    expect(run(again, second.progress)).toMatchObject({ progress: [{ charged: 2, done: 1 }], tenants: ['t2'] });
  });

  test('takes only movable tenants that are at nothing else', () => {
    const { toy, movers } = fleet(['t1', 't2', 't3', 't4'], { moves: 9 });
    toy.change('Tenant', 't1', { movable: false });
    toy.change('Tenant', 't2', { service: { image: 'registry.example.com/app:2' } }, 2);
    toy.change('Tenant', 't3', { mode: 'observe' });
    expect(run(movers, []).tenants).toEqual(['t4']);
  });

  test('a move that never could begin is given back to the budget', async () => {
    const { toy, movers } = fleet(['t1'], { moves: 1 });
    const first = run(movers, []);
    expect(first.progress).toMatchObject([{ charged: 1 }]);
    toy.change('Tenant', 't1', { movable: false });
    await toy.clock.advance(95_000);
    expect(run(movers, first.progress).progress).toMatchObject([{ charged: 0, open: [], idle: true }]);
  });

  test('one that was taken back stays charged', () => {
    const { toy, movers } = fleet(['t1'], { moves: 1 });
    const first = run(movers, []);
    toy.begin('t1', 'h1', 'rebalance');
    const begun = run(movers, first.progress);
    toy.abort('t1');
    expect(run(movers, begun.progress)).toMatchObject({ progress: [{ charged: 1, done: 0, open: [] }], tenants: [] });
  });

  test('begins nothing after its time, lets what is begun stand, and falls with the record', () => {
    const { toy, movers } = fleet(['t1', 't2'], { moves: 9, until: '2020-01-01T00:00:00Z' });
    expect(run(movers, [])).toMatchObject({ progress: [{ charged: 0 }], tenants: [] });
    const move = { from: 'x', cause: 'rebalance', why: '', startedAt: toy.now() } as const;
    expect(movers.stands(toy.home('t1'), move)).toBe(true);
    toy.put('Fleet', 'default', {});
    expect(movers.stands(toy.home('t1'), move)).toBe(false);
    expect(run(movers, [{ tier: 'standard', until, charged: 1, done: 0, open: [] }]).progress).toEqual([]);
  });

  test('another time is another order, with a budget of its own', () => {
    const { movers } = fleet(['t1'], { moves: 1 });
    const spent: RebalanceProgress = { tier: 'standard', until: '2026-06-01T00:00:00Z', charged: 1, done: 1, open: [] };
    expect(run(movers, [spent])).toMatchObject({ progress: [{ until, charged: 1 }], tenants: ['t1'] });
    expect(run(movers, [{ ...spent, until }]).tenants).toEqual([]);
  });
});

test('the condition Rebalancing says how far it is, and that it is over', () => {
  const { toy, movers } = fleet(['t1'], { moves: 1 });
  const first = run(movers, []);
  const busy = rebalanceTold(undefined, first.progress, movers.orders(), toy.clock.now());
  expect(busy.conditions).toMatchObject([{ type: 'Rebalancing', status: 'True' }]);
  expect(busy.conditions[0]?.message).toBe('tier standard: 0 of at most 1 moves done, 1 under way');
  expect(busy.events).toMatchObject([{ reason: 'Rebalancing' }]);
  toy.begin('t1', 'h1', 'rebalance');
  toy.finish('t1');
  const last = run(movers, first.progress);
  const over = rebalanceTold(undefined, last.progress, movers.orders(), toy.clock.now());
  expect(over.conditions).toMatchObject([{ status: 'False', reason: 'Idle' }]);
  expect(over.conditions[0]?.message).toBe('tier standard: 1 of at most 1 moves done, the budget is spent');
  expect(rebalanceTold(undefined, [], [], 0).dropped).toEqual(['Rebalancing']);
});
