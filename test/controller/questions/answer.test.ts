import { beforeEach, describe, expect, test } from 'vitest';
import { answerQuestion } from '../../../src/controller/questions/answer.ts';
import type { DrainReport, RebalanceReport, RoomReport } from '../../../src/model/reports.ts';
import { Toy } from '../movers/fixture.ts';

let toy: Toy;
beforeEach(() => {
  toy = new Toy({ g1: 'a', g2: 'a', h1: 'b' }, 3);
});

const ask = async <T>(question: string, terms: Readonly<Record<string, string>>): Promise<T> => {
  const { view, book, clock } = toy;
  const none = (): undefined => undefined;
  const answers = { version: '1.0.0', cell: none, zone: none, behind: none, progress: none, denied: () => [] };
  const others = { mode: () => 'active' as const, ...answers };
  return (await answerQuestion({ view, book, clock, ...others }, question, (name) => terms[name])) as T;
};

describe('drain', () => {
  test('answers as if the place drained already, and changes nothing', async () => {
    for (const name of ['t1', 't2']) toy.tenant(name, 'g1');
    const report = await ask<DrainReport>('drain', { kind: 'infra-group', name: 'g1' });
    expect(report).toMatchObject({
      kind: 'InfraGroup',
      name: 'g1',
      state: 'active',
      placements: 2,
      held: [],
      leaving: 0,
    });
    expect(report.going.map(({ tenant, from }) => [tenant, from]).sort()).toEqual([
      ['t1', 'g1'],
      ['t2', 'g1'],
    ]);
    expect(report.going.some(({ to }) => to === 'g1')).toBe(false);
    expect((await ask<DrainReport>('drain', { kind: 'cells', name: 'a' })).going.map(({ to }) => to)).toEqual([
      'h1',
      'h1',
    ]);
    expect(toy.view.spec('InfraGroup', 'g1')?.state).toBe('active');
  });

  test('names who has nowhere to go, and what would help', async () => {
    toy.tenant('pinned', 'g1', { pin: ['g1'] });
    for (const name of ['t1', 't2']) toy.tenant(name, 'g1');
    toy.entry('t2').present = false;
    const { held, going } = await ask<DrainReport>('drain', { kind: 'infra-group', name: 'g1' });
    expect(going.map(({ tenant }) => tenant)).toEqual(['t1']);
    expect(held.map(({ tenant }) => tenant).sort()).toEqual(['pinned', 't2']);
    expect(held.every(({ remedies }) => remedies.length > 0)).toBe(true);
  });

  test('all of them together have to fit', async () => {
    for (const name of ['t1', 't2', 't3']) toy.tenant(name, 'g1');
    for (const name of ['u1', 'u2']) toy.tenant(name, 'h1');
    const { held, going } = await ask<DrainReport>('drain', { kind: 'cell', name: 'a' });
    expect(going).toHaveLength(1);
    expect(held).toHaveLength(2);
  });

  test.each([
    [{ kind: 'tenant', name: 'x' }, /expected cell or infra-group/],
    [{ kind: 'cell', name: 'zz' }, /no accepted cell "zz"/],
    [{}, /expected cell or infra-group/],
  ])('%j is refused', async (terms, message) => {
    await expect(ask('drain', terms)).rejects.toThrow(message);
  });
});

describe('room', () => {
  test('is the decision that the tenant itself would get', async () => {
    toy.tenant('t1', 'g1');
    expect(await ask<RoomReport>('room', { tenant: 't1', pin: 'h1' })).toMatchObject({
      fits: true,
      from: ['g1'],
      to: ['h1'],
    });
    expect(await ask<RoomReport>('room', { tenant: 't1', pin: 'g1,h1' })).toMatchObject({ fits: true, to: [] });
    for (const name of ['u1', 'u2', 'u3']) toy.tenant(name, 'h1');
    const full = await ask<RoomReport>('room', { tenant: 't1', pin: 'h1' });
    expect(full.fits).toBe(false);
    expect(full.text).toMatch(/rules/);
    await expect(ask('room', { tenant: 'nobody' })).rejects.toThrow(/no accepted tenant "nobody"/);
  });
});

describe('rebalance', () => {
  test('plans with movable tenants, within the budget that is asked for', async () => {
    toy.tenant('t1', 'g1', { movable: true });
    toy.tenant('t2', 'g2', { movable: true });
    const [tier] = (await ask<RebalanceReport>('rebalance', { tier: 'standard', moves: '5' })).tiers;
    expect(tier?.moves).toHaveLength(1);
    expect(tier?.frees).toHaveLength(1);
    toy.change('Tenant', 't1', { movable: false });
    toy.change('Tenant', 't2', { movable: false });
    expect((await ask<RebalanceReport>('rebalance', {})).tiers[0]?.moves).toEqual([]);
    await expect(ask('rebalance', { moves: '0' })).rejects.toThrow(/expected a whole number/);
    await expect(ask('rebalance', { tier: 'none' })).rejects.toThrow(/no accepted tier "none"/);
  });
});

test('capacity of one tier has only its warnings; another question is none', async () => {
  expect((await ask<{ tiers: unknown[] }>('capacity', { tier: 'standard' })).tiers).toHaveLength(1);
  await expect(ask('capacity', { tier: 'none' })).rejects.toThrow(/no accepted tier/);
  await expect(ask('weather', {})).rejects.toThrow(/known: capacity, check, drain, rebalance, room/);
});
