import { describe, expect, it } from 'vitest';
import { forecast, type PastPlacement, type TierForecast } from '../../src/placement/forecast.ts';
import { Ledger } from '../../src/placement/ledger.ts';
import { cell, group, request, settle, smallFleet, tier, view, zone } from './world.ts';

const day = 86_400_000;
const now = Date.parse('2026-11-28T00:00:00Z');

/** `count` tenants of one task of half a vCPU each (two at the surge). */
function settleMany(ledger: Ledger, count: number, fields: Parameters<typeof request>[1] = {}, name = 't'): void {
  for (let n = 0; n < count; n++) settle(ledger, request(`${name}${n}`, fields));
}

function of(ledger: Ledger, history: readonly PastPlacement[] = []): TierForecast {
  const [found] = forecast(ledger, history, { now });
  if (found === undefined) throw new Error('no tier');
  return found;
}

describe('room', () => {
  it('is counted in average tenants, by tier, cell and infra group, with what binds', () => {
    const ledger = smallFleet();
    settleMany(ledger, 10);
    const found = of(ledger);
    // 100 target groups in each of four infra groups.
    expect(found).toMatchObject({ tier: 'standard', tenants: 10, placements: 10, room: 390, binding: 'targetGroups' });
    expect(found.groups.map((one) => [one.group, one.tenants, one.room])).toEqual([
      ['g11', 10, 90],
      ['g12', 0, 100],
      ['g21', 0, 100],
      ['g22', 0, 100],
    ]);
    expect(found.cells.map((one) => [one.cell, one.placements, one.room])).toEqual([
      ['c1', 10, 190],
      ['c2', 0, 200],
    ]);
    expect(found.groups[0]?.uses).toContainEqual({ dimension: 'rules', used: 10, limit: 100, foreign: 0 });
  });

  it('a cell cannot give more than its account has', () => {
    // One vCPU each at the surge: 30 fit into the account, 200 into the infra groups.
    const ledger = smallFleet({ cells: [cell('c1', { quotas: { fargateVcpu: 30 * 1024 } }), cell('c2')] });
    settleMany(ledger, 10, { pin: ['g11'] });
    const found = of(ledger);
    expect(found.cells[0]).toMatchObject({ room: 20, binding: 'fargateVcpu' });
    expect(found.room).toBe(220);
    expect(found.groups[0]?.room).toBe(20);
  });

  it('nor the zone more than it has records', () => {
    const ledger = smallFleet({ zones: [zone('Z1', 50)] });
    settleMany(ledger, 10);
    expect(of(ledger)).toMatchObject({ room: 40, binding: 'records' });
  });

  it('what is closed has none: cordoned, or with an unknown quota, or taken by a dedicated tenant', () => {
    const groups = [
      group('g11', 'c1'),
      group('g12', 'c1', { state: 'cordoned' }),
      group('g21', 'c2', { read: { rules: 100 } }),
      group('g22', 'c2'),
    ];
    const ledger = smallFleet({ groups });
    settle(ledger, request('alone', { isolation: 'dedicated', pin: ['g22'] }));
    const found = of(ledger);
    expect(found.groups.map((one) => [one.room, one.closed])).toEqual([
      [100, false],
      [0, true],
      [0, true],
      [0, true],
    ]);
    expect(found.room).toBe(100);
  });

  it('tenants with two placements take two', () => {
    const ledger = smallFleet();
    settleMany(ledger, 10, { placements: 2 });
    expect(of(ledger)).toMatchObject({ tenants: 10, placements: 20, room: 190 });
  });

  it('in tier scope the smallest infra group fills the tier', () => {
    const groups = [group('g11', 'c1', { quotas: { rules: 25 } }), group('g21', 'c2')];
    const ledger = smallFleet({ tiers: [tier('standard', { scope: 'tier' })], groups });
    settleMany(ledger, 20, { size: { ownRecords: false } });
    const found = of(ledger);
    expect(found).toMatchObject({ tenants: 20, placements: 40, room: 5, binding: 'rules' });
    expect(found.whatIf.infraGroup).toBeUndefined();
    expect(found.whatIf.quotas[0]).toMatchObject({
      cell: 'c1',
      level: 'infra-group',
      dimension: 'rules',
      from: 25,
      to: 38,
      buys: 13,
    });
    expect(found.warnings).toContainEqual(
      expect.objectContaining({ kind: 'infra-group', name: 'g11', dimension: 'rules', level: 'info' }),
    );
  });

  it('is not known while nobody is there to take an average of', () => {
    const found = of(smallFleet());
    expect(found.room).toBeUndefined();
    expect(found.text).toContain('its room is not known');
    expect(forecast(smallFleet(), [], { now, tier: 'gold' })).toEqual([]);
  });
});

describe('days to full', () => {
  const past = (tenant: string, daysAgo: number): PastPlacement => {
    return { tenant, tier: 'standard', cell: 'c1', group: 'g11', reservedAt: now - daysAgo * day };
  };

  it('come of what was placed of late, and not of what was there before', () => {
    const ledger = smallFleet();
    settleMany(ledger, 38);
    // 28 in the last fourteen days are two a day; ten came a year ago.
    const history = Array.from({ length: 38 }, (_none, n) => past(`t${n}`, n < 28 ? 0.25 + n / 2 : 365));
    const found = of(ledger, history);
    expect(found).toMatchObject({ perDay: 2, room: 362, daysToFull: 181 });
    expect(found.cells[0]).toMatchObject({ perDay: 2, daysToFull: 81 });
    expect(found.cells[1]?.daysToFull).toBeUndefined();
    expect(found.text).toContain('Room for 362 average tenants (target groups bind), full in 181 days at 2 a day.');
  });

  it('a young fleet is measured since its first placement, a day at the least', () => {
    const ledger = smallFleet();
    settleMany(ledger, 10);
    const young = Array.from({ length: 10 }, (_none, n) => past(`t${n}`, n / 100));
    expect(of(ledger, young).perDay).toBe(10);
    const fiveDays = young.map((one, n) => ({ ...one, reservedAt: now - (n === 0 ? 5 : 1) * day }));
    expect(of(ledger, fiveDays).perDay).toBe(2);
  });

  it('are not told without growth', () => {
    const ledger = smallFleet();
    settleMany(ledger, 1);
    const found = of(ledger, [past('t0', 400)]);
    expect(found.perDay).toBe(0);
    expect(found).not.toHaveProperty('daysToFull');
  });
});

describe('what one more would buy', () => {
  it('an infra group, where its cell has room for it; a cell; a quota that binds', () => {
    // One vCPU each: c1 is short of vCPU, c2 of target groups.
    const cells = [cell('c1', { quotas: { fargateVcpu: 150 * 1024 } }), cell('c2')];
    const groups = [group('g11', 'c1'), group('g12', 'c1'), group('g21', 'c2')];
    const ledger = smallFleet({ cells, groups });
    settleMany(ledger, 10);
    const { whatIf, room } = of(ledger);
    expect(room).toBe(240);
    expect(whatIf.infraGroup).toEqual({ cell: 'c2', buys: 100 });
    // Like the smaller of the two: 150 vCPU, one infra group.
    expect(whatIf.cell).toEqual({ infraGroups: 1, buys: 100 });
    expect(whatIf.quotas).toEqual([
      { cell: 'c1', level: 'cell', dimension: 'fargateVcpu', from: 150 * 1024, to: 225 * 1024, buys: 50 },
    ]);
    expect(of(ledger).text).toContain('one more infra group in cell c2: 100');
    expect(of(ledger).text).toContain('a quota of 225 Fargate vCPU in cell c1 (now 150): 50');
  });

  it('says nothing of what buys nothing', () => {
    const ledger = smallFleet();
    settleMany(ledger, 10);
    expect(of(ledger).whatIf.quotas).toEqual([]);
  });
});

describe('warnings', () => {
  it('come at 70, 85 and 95 percent, for a tier, its cells and its zone, the worst first', () => {
    const at = (count: number) => {
      const ledger = new Ledger(
        view({ cells: [cell('c1', { quotas: { clusters: 120 } })], groups: [group('g1', 'c1')] }),
      );
      settleMany(ledger, count);
      return of(ledger).warnings.map((one) => [one.level, one.kind, one.dimension]);
    };
    expect(at(69)).toEqual([]);
    expect(at(70)).toEqual([['info', 'tier', undefined]]);
    expect(at(86)).toEqual([
      ['warning', 'tier', undefined],
      ['info', 'cell', 'clusters'],
    ]);
    expect(at(100)[0]).toEqual(['critical', 'tier', undefined]);
  });

  it('a full infra group is none where tenants are packed', () => {
    const ledger = smallFleet();
    settleMany(ledger, 100);
    expect(of(ledger).groups[0]?.room).toBe(0);
    expect(of(ledger).warnings).toEqual([]);
  });

  it('say what they are about', () => {
    const ledger = smallFleet({ cells: [cell('c1', { quotas: { fargateVcpu: 20 * 1024 } }), cell('c2')] });
    settleMany(ledger, 18, { pin: ['g11'] });
    expect(of(ledger).warnings[0]?.text).toBe('cell c1: 90 % of its Fargate vCPU used');
  });
});

describe('the loss of a cell', () => {
  it('names the cell that the others could not carry, and how many would be left', () => {
    const groups = [group('g11', 'c1'), group('g12', 'c1'), group('g21', 'c2')];
    const ledger = smallFleet({ groups });
    settleMany(ledger, 130, { pin: ['g11', 'g12'] });
    settleMany(ledger, 20, { pin: ['g21'] }, 'u');
    const { losses, text } = of(ledger);
    expect(losses).toMatchObject([{ cell: 'c1', placements: 130, carried: 80, stranded: 50 }]);
    expect(text).toContain('If cell c1 were lost, 50 of its 130 placements would have no place.');
  });

  it('is none where the others have room; records of the lost are free again', () => {
    const ledger = smallFleet({ zones: [zone('Z1', 10)] });
    settleMany(ledger, 10, { pin: ['g11'] });
    expect(of(ledger).losses).toEqual([]);
  });

  it('in tier scope a cell can be lost as long as another answers', () => {
    const tiers = [tier('standard', { scope: 'tier' })];
    const two = smallFleet({ tiers });
    settleMany(two, 3, { size: { ownRecords: false } });
    expect(of(two).losses).toEqual([]);
    const one = smallFleet({ tiers, groups: [group('g11', 'c1')] });
    settleMany(one, 3, { size: { ownRecords: false } });
    expect(of(one).losses).toMatchObject([{ cell: 'c1', stranded: 3 }]);
  });
});
