import { describe, expect, it } from 'vitest';
import {
  fullStep,
  isSuccessor,
  type MoveNext,
  type MoveSight,
  movePhase,
  nextInMove,
  nextWeight,
  shareOf,
  weightSteps,
} from '../../src/model/moves.ts';
import type { PlacementInventory } from '../../src/model/resources.ts';

const now = Date.parse('2026-01-01T01:00:00Z');
const ago = (seconds: number): string => new Date(now - seconds * 1_000).toISOString();
const start = { from: 'old', cause: 'asked', why: 'the pin', startedAt: ago(600) } as const;

function next(fields: Partial<MoveSight> = {}): MoveNext {
  return nextInMove({
    move: start,
    tasks: 2,
    healthy: 2,
    whole: true,
    insync: true,
    sameName: true,
    shared: true,
    oldStands: true,
    oldServes: true,
    startupSeconds: 60,
    stepSeconds: 30,
    graceSeconds: 300,
    now,
    ...fields,
  });
}

const warm = { ...start, healthySince: ago(60) };
const at = (step: number, seconds: number) => ({ ...warm, step, stepAt: ago(seconds) });

describe('a move before it takes requests', () => {
  it('waits for the chain and for every task to be healthy', () => {
    expect(next({ whole: false }).do).toBe('wait');
    expect(next({ healthy: 1 }).do).toBe('wait');
    expect(next({ healthy: undefined }).do).toBe('wait');
  });

  it('is warm after startupSeconds of health without a break', () => {
    expect(next()).toMatchObject({ do: 'note', move: { healthySince: ago(0) } });
    expect(next({ move: { ...start, healthySince: ago(59) } })).toMatchObject({ do: 'wait', checkInMs: 1_000 });
    expect(next({ move: warm })).toMatchObject({ do: 'note', move: { step: 0 } });
    const broken = next({ move: warm, healthy: 1 });
    expect(broken).toMatchObject({ do: 'note' });
    expect('move' in broken ? broken.move.healthySince : 'none').toBeUndefined();
  });

  it('takes the whole weight at once where nothing else stands under its name, and in another tier', () => {
    expect(next({ move: warm, shared: false, oldStands: false })).toMatchObject({ move: { step: fullStep } });
    expect(next({ move: warm, sameName: false })).toMatchObject({ move: { step: fullStep } });
  });
});

describe('a move that takes requests', () => {
  it('gives each step its time once every name server has it', () => {
    expect(next({ move: { ...warm, step: 1 }, insync: false }).do).toBe('wait');
    expect(next({ move: { ...warm, step: 1 } })).toMatchObject({ do: 'note', move: { step: 1, stepAt: ago(0) } });
    expect(next({ move: at(1, 29) }).do).toBe('wait');
    const after = next({ move: at(1, 30) });
    expect(after).toMatchObject({ do: 'note', move: { step: 2 } });
    expect('move' in after ? after.move.stepAt : 'none').toBeUndefined();
  });

  it('drains after the last step, and sooner where the old record does not stand', () => {
    expect(next({ move: at(weightSteps.length - 1, 30) })).toEqual({ do: 'drain' });
    expect(next({ move: at(fullStep, 30) })).toMatchObject({ do: 'note', move: { step: 3 } });
    expect(next({ move: at(fullStep, 30), oldStands: false })).toEqual({ do: 'drain' });
    expect(next({ move: at(fullStep, 0), oldStands: false, shared: false })).toEqual({ do: 'drain' });
  });

  it('stays where it is while not all is well, and begins anew when it is ill and the old one serves', () => {
    expect(next({ move: at(4, 99), healthy: 1 }).do).toBe('wait');
    expect(next({ move: at(4, 99), whole: false }).do).toBe('wait');
    expect(next({ move: at(4, 99), healthy: 0, oldServes: false }).do).toBe('wait');
    const anew = next({ move: at(4, 99), healthy: 0 });
    expect(anew).toEqual({ do: 'note', move: start, what: expect.any(String) as string });
  });

  it('keeps the old name of a tier for its grace', () => {
    expect(next({ move: at(fullStep, 299), sameName: false }).do).toBe('wait');
    expect(next({ move: at(fullStep, 300), sameName: false })).toEqual({ do: 'drain' });
    expect(next({ move: at(fullStep, 300), sameName: false, healthy: 0 })).toMatchObject({ move: { step: fullStep } });
  });
});

it('a suspended tenant moves without tasks: its new record, then the old one', () => {
  const rest = { tasks: 0, healthy: 0 };
  expect(next({ ...rest, whole: false }).do).toBe('wait');
  expect(next(rest)).toMatchObject({ do: 'note', move: { step: fullStep } });
  expect(next({ ...rest, move: { ...start, step: fullStep }, insync: false }).do).toBe('wait');
  expect(next({ ...rest, move: { ...start, step: fullStep } })).toEqual({ do: 'drain' });
});

describe('weights', () => {
  it('of a step are never 0', () => {
    expect([shareOf(100, 5), shareOf(255, 5), shareOf(3, 5), shareOf(0, 100)]).toEqual([5, 13, 1, 1]);
  });

  it('approach another by 25 points or a quarter, whichever is more, and reach it', () => {
    expect([nextWeight(100, 20), nextWeight(40, 20), nextWeight(0, 200), nextWeight(20, 20)]).toEqual([75, 20, 50, 20]);
    for (let from = 0; from <= 255; from += 15) {
      let weight = from;
      for (let step = 0; step < 11; step += 1) weight = nextWeight(weight, 255 - from);
      expect(weight).toBe(255 - from);
    }
  });
});

it('the phase follows from the inventory', () => {
  const placement = (fields: Partial<PlacementInventory>): PlacementInventory => ({
    id: 'new',
    tier: 'standard',
    cell: 'c1',
    infraGroup: 'g1',
    slot: 0,
    phase: 'serving',
    demand: { group: {}, cell: {}, zone: {} },
    why: '',
    reservedAt: ago(600),
    resources: {},
    retired: [],
    ...fields,
  });
  const cluster = { kind: 'cluster', n: 1, name: 'x' } as const;
  const old = placement({ id: 'old' });
  const moving = (fields: object, resources: PlacementInventory['resources'] = { cluster }) =>
    movePhase(placement({ move: { ...start, ...fields }, resources }), old);
  expect(moving({}, {})).toBe('Reserve');
  expect(moving({})).toBe('Provision');
  expect(moving({ healthySince: ago(1) })).toBe('Warm');
  expect(moving({ step: 0 })).toBe('Canary');
  expect(moving({ step: 3 })).toBe('Ramp');
  const leaving = (removal: object, resources: PlacementInventory['resources'] = { cluster }) =>
    movePhase(placement({ move: start }), {
      ...old,
      phase: 'leaving',
      removal: { startedAt: ago(9), reason: 'moved', ...removal },
      resources,
    });
  expect(leaving({})).toBe('Drain');
  expect(leaving({ tasksGoneAt: ago(1) })).toBe('Remove');
  expect(leaving({ tasksGoneAt: ago(1) }, {})).toBe('Release');
  const successor = placement({ move: start });
  expect(isSuccessor(successor, { old, new: successor })).toBe(true);
  expect(isSuccessor(successor, { old: { ...old, phase: 'leaving' }, new: successor })).toBe(false);
  expect(isSuccessor(successor, { new: successor })).toBe(false);
});
