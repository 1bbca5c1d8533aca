import { describe, expect, it } from 'vitest';
import { place } from '../../src/placement/decide.ts';
import { explainPlaced } from '../../src/placement/explain-placed.ts';
import { Ledger } from '../../src/placement/ledger.ts';
import { vcpuToCpuUnits } from '../../src/placement/vector.ts';
import { cell, explanationOf, group, request, settle, smallFleet, tier, view, zone } from './world.ts';

describe('an unplaceable tenant', () => {
  it('hears how many groups failed which filter, the nearest miss and what would help', () => {
    const cells = [cell('c1'), cell('c2', { state: 'cordoned' })];
    const groups = [
      group('g1', 'c1', { foreign: { rules: 100 } }),
      group('g2', 'c1', { foreign: { rules: 100, targets: 1000 } }),
      group('g3', 'c1', { state: 'draining' }),
      group('g4', 'c2'),
      group('g5', 'c2'),
      group('other', 'c3'),
    ];
    const ledger = new Ledger(
      view({ tiers: [tier('standard'), tier('gold')], cells: [...cells, cell('c3', { tier: 'gold' })], groups }),
    );
    const explanation = explanationOf(place(request('acme'), ledger));
    expect(explanation.counts).toEqual([
      { label: 'Insufficient(rules)', code: 'Insufficient', groups: 2 },
      { label: 'NotActive(cordoned)', code: 'NotActive', groups: 2 },
      { label: 'NotActive(draining)', code: 'NotActive', groups: 1 },
    ]);
    expect(explanation.nearest?.group).toBe('g1');
    expect(explanation.remedies.map(({ kind, where }) => [kind, where])).toEqual([
      ['RaiseQuota', 'g1'],
      ['AddInfraGroup', 'c1'],
      ['Activate', 'g3'],
    ]);
    expect(explanation.text).toBe(
      '0 of 1 placement could be found. Of 5 infra groups of tier standard: 2 Insufficient(rules), 2 NotActive(cordoned), 1 NotActive(draining). ' +
        'Nearest: g1 in cell c1: lacks 1 rule (needs 1, free 0). ' +
        'What would help: a quota of 101 rules for infra group g1 (now 100, 0 % of it in reserve); ' +
        'or one more infra group in cell c1 (room for about 100 average tenants); or infra group g3 uncordoned.',
    );
    expect(explanation.groups.find((verdict) => verdict.group === 'other')?.rejections[0]?.code).toBe('TierMismatch');
  });

  it('the quota that it names is enough, and one less is not', () => {
    const build = (rules: number): Ledger => {
      const groups = [group('g1', 'c1', { quotas: { rules }, reservePercent: 10, foreign: { rules: 3 } })];
      return new Ledger(view({ cells: [cell('c1')], groups }));
    };
    const full = build(20);
    for (let index = 0; index < 15; index += 1) settle(full, request(`t${index}`));
    const [remedy] = explanationOf(place(request('acme'), full)).remedies;
    const quota = Number(/a quota of (\d+) rules/.exec(remedy?.text ?? '')?.[1]);
    const placedUnder = (rules: number): number => {
      const ledger = build(rules);
      return Array.from({ length: 17 }, (_, index) => settle(ledger, request(`t${index}`))).filter(
        ({ kind }) => kind === 'placed',
      ).length;
    };
    expect(placedUnder(quota)).toBe(16);
    expect(placedUnder(quota - 1)).toBe(15);
  });

  it('offers no quota that AWS does not raise: 100 target groups an ALB', () => {
    const groups = [group('g1', 'c1', { foreign: { targetGroups: 100 } })];
    const explanation = explanationOf(place(request('acme'), new Ledger(view({ cells: [cell('c1')], groups }))));
    expect(explanation.remedies.map(({ kind }) => kind)).toEqual(['AddInfraGroup']);
  });

  it('tells a tenant that is too large for any infra group to shrink', () => {
    const asked = request('acme', { size: { tasks: 600 } });
    const explanation = explanationOf(place(asked, smallFleet()));
    expect(explanation.remedies.map(({ kind }) => kind)).toContain('ShrinkTenant');
    expect(explanation.remedies.map(({ kind }) => kind)).not.toContain('AddInfraGroup');
  });

  it('bounds what a new infra group buys by what the cell still has', () => {
    const cells = [cell('c1', { quotas: { fargateVcpu: vcpuToCpuUnits(8) } })];
    const groups = [group('g1', 'c1', { quotas: { rules: 3 } })];
    const ledger = new Ledger(view({ cells, groups }));
    for (const name of ['a', 'b', 'c']) settle(ledger, request(name));
    const explanation = explanationOf(place(request('acme'), ledger));
    // 3 of 8 vCPU are taken, 1 each: 5 more, but a sibling group with 3 rules takes 3.
    expect(explanation.text).toContain('one more infra group in cell c1 (room for about 3 average tenants)');
  });

  it('names the record field to state where a quota is unknown', () => {
    const cells = [cell('c1', { read: { targetGroups: 3000, networkInterfaces: 5000, clusters: 100 } })];
    const ledger = new Ledger(view({ cells, groups: [group('g1', 'c1')] }));
    const explanation = explanationOf(place(request('acme'), ledger));
    expect(explanation.reason).toBe('QuotaUnknown');
    expect(explanation.text).toContain('state the quota of Fargate vCPU in the record of cell c1');
  });

  it('asks for one more cell where spread or a label stands in the way, once', () => {
    const ledger = smallFleet();
    settle(ledger, request('bolt', { antiAffinity: 'bank' }));
    const explanation = explanationOf(place(request('acme', { antiAffinity: 'bank', placements: 2 }), ledger));
    expect(explanation.remedies).toEqual([
      { kind: 'AddCell', where: 'standard', text: 'one more cell in tier standard' },
    ]);
    expect(explanation.text).not.toContain('bolt');
  });

  it('suggests the group that only the pin keeps out', () => {
    const explanation = explanationOf(place(request('acme', { pin: ['gone'] }), smallFleet()));
    expect(explanation.remedies).toEqual([
      { kind: 'WidenPin', where: 'g11', text: 'infra group g11 added to the pin' },
    ]);
  });

  it('says when a tier has no infra group, or no record at all', () => {
    const asked = request('acme', { tier: 'bronze' });
    const explanation = explanationOf(place(asked, smallFleet()));
    expect(explanation).toMatchObject({ reason: 'TierMismatch', found: 0, needed: 1 });
    expect(explanation.text).toContain('Tier bronze has no infra group in an accepted cell.');
    expect(explanation.groups).toHaveLength(4);
  });

  it('never grows beyond what a condition should hold', () => {
    const notReady = 'x'.repeat(5000);
    const ledger = new Ledger(view({ cells: [cell('c1')], groups: [group('g1', 'c1', { notReady })] }));
    expect(explanationOf(place(request('acme'), ledger)).text).toHaveLength(1000);
  });

  it('counts in a full zone what the same tenant would add to it', () => {
    const ledger = smallFleet({ zones: [zone('Z1', 1)] });
    const explanation = explanationOf(place(request('acme', { placements: 2 }), ledger));
    expect(explanation.remedies[0]?.text).toBe('a quota of 2 records in hosted zone Z1 (now 1, 0 % of it in reserve)');
  });
});

describe('a placed tenant', () => {
  it('hears what else decided: fullness under spread, tenants in common with its other cells', () => {
    const ledger = smallFleet({ tiers: [tier('standard', { strategy: 'spread' })] });
    settle(ledger, request('bolt', { placements: 2 }));
    const decision = settle(ledger, request('acme', { placements: 2 }));
    const whys = decision.kind === 'placed' ? decision.choices.map(({ why }) => why) : [];
    expect(whys[0]).toMatch(/^g12 in cell c1: 0 % full, costs 1\.0 average tenant/);
    expect(whys[1]).toMatch(/^g22 in cell c2: 1 tenant in common with its other cells, 0 % full/);
    expect(whys[1]).toContain('next best of 2 that fit: g21 in cell c2, 1 tenant in common');
  });

  it('hears why it is there and what came next', () => {
    const ledger = smallFleet();
    const decision = settle(ledger, request('acme'));
    expect(decision).toMatchObject({
      choices: [
        {
          why:
            'g11 in cell c1: 0 % full, costs 1.0 average tenant of room (target groups would bind); ' +
            'next best of 4 that fit: g12 in cell c1, 0 % full, costs 1.0 average tenant of room (target groups would bind)',
          basis: { candidates: 4, runnerUp: { group: 'g12' } },
        },
      ],
    });
  });

  it('hears the same question answered for today', () => {
    const ledger = smallFleet();
    settle(ledger, request('acme', { placements: 2 }));
    const [first, second] = explainPlaced(request('acme', { placements: 2 }), ledger);
    expect(first).toMatchObject({ group: 'g11', slot: 0, today: { candidates: 2, runnerUp: { group: 'g12' } } });
    expect(second?.today?.runnerUp?.group).toBe('g22');
    expect(first?.text).toMatch(/^slot 0 of g11 in cell c1: 0 % full, costs 1\.0 average tenant of room/);
  });

  it('says when nothing else fits, and when its infra group has no record', () => {
    const ledger = new Ledger(view({ cells: [cell('c1')], groups: [group('g1', 'c1')] }));
    settle(ledger, request('acme'));
    expect(explainPlaced(request('acme'), ledger)[0]?.text).toContain('no other infra group fits');
    const orphaned = new Ledger(view({ reservations: ledger.reservationsOf('acme') }));
    expect(explainPlaced(request('acme'), orphaned)[0]?.text).toContain('has no accepted record');
  });
});
