import { describe, expect, test } from 'vitest';
import { drainTold } from '../../../src/controller/movers/conditions.ts';
import { drainText } from '../../../src/controller/movers/drains.ts';
import type { FleetMovers } from '../../../src/controller/movers/movers.ts';
import { ownChangeFirstMs, stuckMoveMs } from '../../../src/controller/movers/seats.ts';
import type { ObjectStatus } from '../../../src/model/state.ts';
import { Toy } from './fixture.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `t${String(index + 10)}`);

/** Two cells, three groups, and `count` tenants in g1, which drains `concurrent` at a time. */
function draining(count: number, concurrent = 3): { toy: Toy; movers: FleetMovers } {
  const toy = new Toy({ g1: 'a', g2: 'a', h1: 'b' });
  toy.put('Fleet', 'default', { moves: { concurrent } });
  for (const name of names(count)) toy.tenant(name, 'g1');
  toy.change('InfraGroup', 'g1', { state: 'draining' });
  return { toy, movers: toy.movers() };
}

const ordered = (toy: Toy, movers: FleetMovers): string[] =>
  toy.view
    .all('Tenant')
    .map(({ name }) => name)
    .filter((name) => {
      const placements = Object.values(toy.entry(name).inventory?.value.placements ?? {});
      return placements.some((placement) => movers.orderFor(name, placement) !== undefined);
    });

const text = (movers: FleetMovers, kind: 'Cell' | 'InfraGroup' = 'InfraGroup', name = 'g1'): string => {
  const progress = movers.progress(kind, name);
  if (progress === undefined) throw new Error('no progress');
  return drainText(progress, 99);
};

describe('turns', () => {
  test('as many as the bound lets, the same ones each time; the next when a move is over', () => {
    const { toy, movers } = draining(8);
    const { tenants, places } = movers.drain();
    expect(tenants).toHaveLength(3);
    expect(places).toEqual(['InfraGroup/g1']);
    expect(ordered(toy, movers).sort()).toEqual([...tenants].sort());
    expect(movers.drain()).toEqual({ tenants, places: [] });
    for (const name of tenants) toy.begin(name, 'g2');
    expect(movers.drain().tenants).toEqual([]);
    expect(ordered(toy, movers)).toEqual([]);
    toy.finish(tenants[0] ?? '');
    expect(movers.drain().tenants).toHaveLength(1);
    expect(toy.movers().drain().tenants).toHaveLength(1);
  });

  test('none where nothing drains, and none any more once a drain is cancelled', () => {
    const { toy, movers } = draining(2);
    const home = toy.home('t10');
    movers.drain();
    toy.begin('t10', 'g2');
    const move = { from: home.id, cause: 'drain', why: '', startedAt: toy.now() } as const;
    expect(movers.stands(home, move)).toBe(true);
    toy.change('InfraGroup', 'g1', { state: 'active' });
    expect(movers.orderFor('t11', toy.home('t11'))).toBeUndefined();
    expect(movers.stands(home, move)).toBe(false);
    expect(movers.stands(home, { ...move, cause: 'asked' })).toBe(true);
    expect(movers.drain()).toEqual({ tenants: [], places: ['InfraGroup/g1'] });
    expect(movers.progress('InfraGroup', 'g1')).toBeUndefined();
  });

  test("a cell's drain has one bound for all its groups, and takes in those that drain by themselves", () => {
    const toy = new Toy({ g1: 'a', g2: 'a', h1: 'b' });
    toy.put('Fleet', 'default', { moves: { concurrent: 2 } });
    for (const name of names(3)) toy.tenant(name, 'g1');
    for (const name of ['x1', 'x2', 'x3']) toy.tenant(name, 'g2');
    toy.change('InfraGroup', 'g1', { state: 'draining' });
    toy.change('Cell', 'a', { state: 'draining' });
    const movers = toy.movers();
    expect(movers.drain().tenants).toHaveLength(2);
    expect(text(movers, 'Cell', 'a')).toBe('6 of 99 placements left');
    expect(text(movers)).toBe('3 of 99 placements left');
  });

  test('one that nobody takes ends, and lets others go first', async () => {
    const { toy, movers } = draining(3, 1);
    const [first = ''] = movers.drain().tenants;
    await toy.clock.advance(95_000);
    const [second = ''] = movers.drain().tenants;
    expect(second).not.toBe(first);
    toy.begin(second, 'g2');
    toy.finish(second);
    await toy.clock.advance(125_000);
    expect(ordered(toy, movers)).not.toContain(second);
    toy.movers().drain();
    expect(movers.drain().tenants).toHaveLength(1);
  });

  test('a move whose successor never gets healthy keeps nobody waiting for ever', async () => {
    const { toy, movers } = draining(2, 1);
    const [first = ''] = movers.drain().tenants;
    toy.begin(first, 'g2');
    await toy.clock.advance(stuckMoveMs);
    expect(movers.drain().tenants).toEqual([]);
    await toy.clock.advance(2_000);
    expect(movers.drain().tenants).toHaveLength(1);
  });
});

describe("a user's wish goes first", () => {
  test('a tenant whose own change is not live yet is not taken, until it is or has had its time', async () => {
    const { toy, movers } = draining(1);
    toy.change('Tenant', 't10', { service: { image: 'registry.example.com/app:2' } }, 2);
    expect(movers.drain().tenants).toEqual([]);
    expect(text(movers)).toBe('1 of 99 placements left');
    toy.reached('t10');
    expect(movers.drain().tenants).toEqual(['t10']);
    toy.change('Tenant', 't10', { service: { image: 'registry.example.com/app:3' } }, 3);
    expect(movers.drain().tenants).toEqual([]);
    await toy.clock.advance(ownChangeFirstMs + 1_000);
    expect(movers.drain().tenants).toEqual(['t10']);
  });

  test('one that moves for its own sake counts as moving and gets no order', () => {
    const { toy, movers } = draining(1);
    toy.begin('t10', 'h1', 'drain');
    expect(movers.drain().tenants).toEqual([]);
    expect(text(movers)).toBe('1 of 99 placements left; 1 moving');
  });

  test('a deleted one leaves by itself', () => {
    const { toy, movers } = draining(1);
    toy.change('Tenant', 't10', { state: 'deleted' }, 2);
    expect(movers.drain().tenants).toEqual([]);
    expect(text(movers)).toBe('1 of 99 placements left; 1 leaving');
  });
});

describe('who is held', () => {
  test('a pin is respected, and told with what would help; widened, it goes', () => {
    const { toy, movers } = draining(1);
    toy.change('Tenant', 't10', { pin: ['g1'] });
    expect(movers.drain().tenants).toEqual([]);
    expect(text(movers)).toMatch(/^1 of 99 placements left; held: t10 \(.*g1.*would help: .*pin/);
    toy.change('Tenant', 't10', { pin: ['g1', 'h1'] });
    expect(movers.drain().tenants).toEqual(['t10']);
    expect(text(movers)).toBe('1 of 99 placements left');
  });

  test('an orphan, and one in mode paused, stay', () => {
    const { toy, movers } = draining(3);
    toy.entry('t10').present = false;
    toy.change('Tenant', 't11', { mode: 'paused' });
    expect(movers.drain().tenants).toEqual(['t12']);
    expect(text(movers)).toMatch(/held: t10 \(its record vanished.*t11 \(mode paused/);
  });

  test('nowhere to go is told, and the others go', () => {
    const toy = new Toy({ g1: 'a', g2: 'a' }, 3);
    for (const name of ['t1', 't2', 't3']) toy.tenant(name, 'g1');
    toy.tenant('full', 'g2');
    toy.change('InfraGroup', 'g1', { state: 'draining' });
    const movers = toy.movers();
    expect(movers.drain().tenants).toHaveLength(2);
    expect(movers.progress('InfraGroup', 'g1')?.held).toHaveLength(1);
  });

  test('a process that only observes gives no turn', () => {
    const { toy } = draining(1);
    const movers = toy.movers({ mode: () => 'observe' });
    expect(movers.drain().tenants).toEqual([]);
    expect(text(movers)).toContain('mode observe');
  });
});

describe('the condition Drained', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const told = (before: ObjectStatus | undefined, movers: FleetMovers, isDraining = true) =>
    drainTold(before, { draining: isDraining, progress: movers.progress('InfraGroup', 'g1'), now: at });
  const after = ({ conditions, drain }: ReturnType<typeof told>): ObjectStatus => ({
    generation: 1,
    observedGeneration: 1,
    conditions: conditions.map((one) => ({ ...one, lastTransitionTime: at, observedGeneration: 1 })),
    ...(drain === undefined ? {} : { drain }),
  });

  test('counts what is left of what was there, and ends when nobody is left', () => {
    const { toy, movers } = draining(2);
    movers.drain();
    const first = told(undefined, movers);
    expect(first.conditions).toMatchObject([{ type: 'Drained', status: 'False', reason: 'Draining' }]);
    expect(first.drain).toEqual({ since: at, total: 2 });
    expect(first.events).toMatchObject([{ reason: 'Draining' }]);
    for (const name of ['t10', 't11']) toy.begin(name, 'g2');
    toy.finish('t10');
    movers.drain();
    const second = told(after(first), movers);
    expect(second.conditions[0]?.message).toBe('1 of 2 placements left; 1 moving');
    expect(second.events).toEqual([]);
    toy.finish('t11');
    movers.drain();
    const third = told(after(second), movers);
    expect(third).toMatchObject({ conditions: [{ status: 'True' }], events: [{ reason: 'Drained' }] });
    expect(told(after(third), movers, false)).toEqual({ conditions: [], dropped: ['Drained'], events: [] });
  });

  test('is left as it is after a restart until the movers have looked, and says when it is cancelled', () => {
    const { toy, movers } = draining(1);
    movers.drain();
    const before = after(told(undefined, movers));
    const fresh = toy.movers();
    expect(told(before, fresh)).toEqual({ conditions: [], dropped: [], drain: before.drain, events: [] });
    expect(told(before, fresh, false).events).toMatchObject([{ reason: 'DrainEnded' }]);
  });

  test('says that it is held when nobody who is left can move', () => {
    const { toy, movers } = draining(1);
    toy.change('Tenant', 't10', { pin: ['g1'] });
    movers.drain();
    expect(told(undefined, movers)).toMatchObject({
      conditions: [{ reason: 'Held' }],
      events: [{ type: 'Warning', reason: 'DrainHeld' }],
    });
  });
});
