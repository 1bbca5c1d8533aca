import { describe, expect, test } from 'vitest';
import { roomTold } from '../../../src/controller/forecast/conditions.ts';
import { capacityReport } from '../../../src/controller/forecast/report.ts';
import { CapacityWatch } from '../../../src/controller/forecast/watch.ts';
import type { CapacityFigures, CapacityLevel } from '../../../src/model/reports.ts';
import type { ObjectStatus } from '../../../src/model/state.ts';
import { Toy } from '../movers/fixture.ts';

const daysMs = 86_400_000;

/** Ten rules in each of two groups in two cells, and so many tenants in g1. */
async function fleetOf(tenants: number): Promise<Toy> {
  const toy = new Toy({ g1: 'a', h1: 'b' }, 10);
  await toy.clock.advance(30 * daysMs);
  for (let index = 0; index < tenants; index += 1) toy.tenant(`t${index}`, 'g1');
  return toy;
}

describe('the report', () => {
  test('says the room of the tier, its cells and groups, and what is short first', async () => {
    const [tier] = capacityReport(await fleetOf(4)).tiers;
    expect(tier).toMatchObject({ name: 'standard', room: 16, binding: 'rules', usedPercent: 20, level: 'room' });
    expect(tier?.cells.map(({ name, room }) => [name, room])).toEqual([
      ['a', 6],
      ['b', 10],
    ]);
    expect(tier?.cells[0]).toMatchObject({ usedPercent: 40, binding: 'rules' });
    expect(tier?.cells[0]?.groups).toMatchObject([{ name: 'g1', room: 6, usedPercent: 40, binding: 'rules' }]);
    expect(tier?.whatIfs.map(({ what }) => what).join()).toMatch(/one more infra group in cell a.*one more cell/);
    expect(tier?.lossOf).toEqual([
      { cell: 'a', carried: true, text: 'if cell a were lost, the others could carry it' },
    ]);
  });

  test('takes the rate from when tenants came, not from when they were moved', async () => {
    const toy = await fleetOf(1);
    await toy.clock.advance(30 * daysMs);
    for (let index = 1; index <= 14; index += 1) toy.tenant(`u${index}`, index % 2 === 0 ? 'g1' : 'h1');
    const [fresh] = capacityReport(toy).tiers;
    expect(fresh?.perDay).toBeCloseTo(1, 5);
    expect(fresh?.daysToFull).toBeCloseTo(5, 5);
    const long = new Date(toy.clock.now() - 29 * daysMs).toISOString();
    for (const entry of toy.view.all('Tenant')) {
      const condition = {
        type: 'Accepted',
        status: 'True',
        reason: 'Valid',
        message: '',
        observedGeneration: 1,
      } as const;
      const value = entry.status?.value as ObjectStatus;
      const conditions = [{ ...condition, lastTransitionTime: long }];
      entry.status = { value: { ...value, conditions }, rev: 2, epoch: 1 };
    }
    expect(capacityReport(toy).tiers[0]).toMatchObject({ perDay: 0 });
    expect(capacityReport(toy).tiers[0]?.daysToFull).toBeUndefined();
  });

  test('warns before anything fails, and names the cell that could not be lost', async () => {
    const toy = await fleetOf(9);
    for (let index = 0; index < 9; index += 1) toy.tenant(`u${index}`, 'h1');
    const report = capacityReport(toy);
    expect(report.tiers[0]).toMatchObject({ level: 'low', usedPercent: 90 });
    expect(report.warnings.map(({ severity, kind, name }) => `${severity} ${kind} ${name}`)).toContain(
      'warning Tier standard',
    );
    expect(report.tiers[0]?.lossOf).toMatchObject([
      { cell: 'a', carried: false },
      { cell: 'b', carried: false },
    ]);
  });

  test('a group that drains is shown as that, and its room does not count', async () => {
    const toy = await fleetOf(2);
    toy.change('InfraGroup', 'h1', { state: 'draining' });
    const [tier] = capacityReport(toy).tiers;
    expect(tier?.room).toBe(8);
    expect(tier?.cells[1]?.groups).toMatchObject([{ name: 'h1', state: 'draining', room: 0 }]);
  });

  test('a fleet that is paused is not full for that, and nobody is warned of it', async () => {
    const toy = await fleetOf(2);
    for (const name of ['a', 'b']) toy.change('Cell', name, { mode: 'paused' });
    const { tiers, warnings } = capacityReport(toy);
    expect(tiers[0]).toMatchObject({ room: 0, level: 'room' });
    expect(tiers[0]?.usedPercent).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  test('a cell whose infra groups drain is not full for that, and nobody is warned of it', async () => {
    const toy = await fleetOf(2);
    toy.tenant('u0', 'h1');
    toy.change('InfraGroup', 'h1', { state: 'draining' });
    expect(capacityReport(toy).tiers[0]?.cells[1]).toMatchObject({ name: 'b', room: 0, level: 'room' });
  });
});

test('the watch makes a report anew after half a minute', async () => {
  const toy = await fleetOf(1);
  const watch = new CapacityWatch(toy.clock, () => capacityReport(toy));
  expect(watch.figures('Tier', 'standard')?.room).toBe(19);
  toy.tenant('late', 'g1');
  expect(watch.figures('Cell', 'a')?.room).toBe(9);
  await toy.clock.advance(30_000);
  expect(watch.figures('InfraGroup', 'g1')?.room).toBe(8);
  expect(watch.figures('Tier', 'none')).toBeUndefined();
});

describe('the condition HasRoom', () => {
  const figures = (level: CapacityLevel, usedPercent?: number): CapacityFigures => ({
    name: 'x',
    state: 'active',
    room: 3,
    level,
    ...(usedPercent === undefined ? {} : { usedPercent, binding: 'rules', daysToFull: 4 }),
  });
  const after = (told: ReturnType<typeof roomTold>): ObjectStatus => ({
    generation: 1,
    observedGeneration: 1,
    conditions: told.conditions.map((one) => ({ ...one, lastTransitionTime: '', observedGeneration: 1 })),
  });

  test('tells each threshold once when it is crossed, upwards as a warning', () => {
    const first = roomTold(undefined, figures('room', 50));
    expect(first).toMatchObject({ conditions: [{ status: 'True', reason: 'Room' }], events: [] });
    const second = roomTold(after(first), figures('filling', 71));
    expect(second).toMatchObject({
      conditions: [{ status: 'True' }],
      events: [{ type: 'Normal', reason: 'FillingUp' }],
    });
    const third = roomTold(after(second), figures('low', 86));
    expect(third.conditions).toEqual([
      {
        type: 'HasRoom',
        status: 'False',
        reason: 'CapacityLow',
        message: '85 % full or more: cellwright capacity says what is short and what would help',
      },
    ]);
    expect(third.events).toEqual([
      {
        type: 'Warning',
        reason: 'CapacityLow',
        message: '86 % full, by its rules; room for 3 more average tenants',
      },
    ]);
    const otherFigures = { ...figures('low', 88), binding: 'targets', room: 2 };
    expect(roomTold(after(third), otherFigures)).toEqual({ ...third, events: [] });
    expect(roomTold(after(third), figures('low', 87)).events).toEqual([]);
    expect(roomTold(after(third), figures('critical', 96)).events).toMatchObject([
      { type: 'Warning', reason: 'CapacityCritical' },
    ]);
    expect(roomTold(after(third), figures('room', 20)).events).toMatchObject([{ type: 'Normal', reason: 'Room' }]);
  });

  test('what is not known is not said to be full, and what is told no more is dropped', () => {
    expect(roomTold(undefined, figures('room')).conditions).toMatchObject([{ status: 'Unknown' }]);
    expect(roomTold(undefined, undefined)).toEqual({ conditions: [], dropped: ['HasRoom'], events: [] });
  });
});
