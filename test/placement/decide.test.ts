import { describe, expect, it } from 'vitest';
import { place, reservationFor } from '../../src/placement/decide.ts';
import { Ledger } from '../../src/placement/ledger.ts';
import { roomAt, scoreSite } from '../../src/placement/score.ts';
import { vcpuToCpuUnits } from '../../src/placement/vector.ts';
import { cell, explanationOf, group, groupsOf, request, settle, smallFleet, tier, view, zone } from './world.ts';

describe('the room score', () => {
  it('counts average tenants by the dimension that runs out first, in the group or in its cell', () => {
    const ledger = new Ledger(
      view({
        cells: [cell('c1', { quotas: { fargateVcpu: vcpuToCpuUnits(20) } })],
        groups: [group('g1', 'c1', { quotas: { rules: 50 } })],
      }),
    );
    settle(ledger, request('acme'));
    const site = ledger.site('g1');
    const mean = ledger.meanDemand('standard');
    if (site === undefined || mean === undefined) throw new Error('no site');
    // 1 vCPU each (two tasks of 512 units at the surge): 19 are left of 20 vCPU, but 49 rules.
    expect(roomAt(site, mean)).toEqual({ tenants: 19, binding: { level: 'cell', dimension: 'fargateVcpu' } });
    const score = scoreSite(site, { demand: mean, mean, strategy: 'pack' });
    expect(score).toMatchObject({ roomBefore: 19, roomAfter: 18, loss: 1 });
  });

  it('sends a small tenant where vCPU is short and a large one where slots are short', () => {
    const typical = { size: { cpu: 1024, tasks: 1 } };
    const build = (): Ledger => {
      const ledger = new Ledger(
        view({
          cells: [cell('few-vcpu', { quotas: { fargateVcpu: vcpuToCpuUnits(30) } }), cell('few-slots')],
          groups: [group('g-vcpu', 'few-vcpu'), group('g-slots', 'few-slots', { quotas: { rules: 15 } })],
        }),
      );
      for (const name of ['a', 'b']) settle(ledger, request(name, { ...typical, pin: ['g-vcpu'] }));
      settle(ledger, request('c', { ...typical, pin: ['g-slots'] }));
      return ledger;
    };
    expect(groupsOf(place(request('small', { size: { cpu: 256 } }), build()))).toEqual(['g-vcpu']);
    expect(groupsOf(place(request('large', { size: { cpu: 8192 } }), build()))).toEqual(['g-slots']);
  });

  it('opens an infra group only where none in use has room, and says nothing of it when spreading', () => {
    const ledger = smallFleet();
    settle(ledger, request('first', { pin: ['g22'] }));
    // g22 has slots for one more task, but hardly any addresses are left: it loses more room than an empty group would.
    settle(ledger, request('wide', { pin: ['g22'], size: { tasks: 370 } }));
    expect(groupsOf(place(request('small', { size: { tasks: 2 } }), ledger))).toEqual(['g22']);
    expect(groupsOf(place(request('large', { size: { tasks: 5 } }), ledger))).toEqual(['g11']);
    const spreading = smallFleet({ tiers: [tier('standard', { strategy: 'spread' })] });
    settle(spreading, request('first', { pin: ['g22'] }));
    expect(groupsOf(place(request('small'), spreading))).toEqual(['g11']);
  });

  it('fills the fuller group first when packing, the emptier when spreading', () => {
    for (const [strategy, expected] of [
      ['pack', { g11: 4 }],
      ['spread', { g11: 1, g12: 1, g21: 1, g22: 1 }],
    ] as const) {
      const ledger = smallFleet({ tiers: [tier('standard', { strategy })] });
      const counts: Record<string, number> = {};
      for (const name of ['a', 'b', 'c', 'd']) {
        for (const chosen of groupsOf(settle(ledger, request(name)))) counts[chosen] = (counts[chosen] ?? 0) + 1;
      }
      expect(counts).toEqual(expected);
    }
  });

  it('measures by the typical demand while the tier has no tenants', () => {
    const group20 = { targetGroups: 1, rules: 1, targets: 20, subnetAddresses: 20, rps: 0 };
    const typical = {
      group: group20,
      cell: { fargateVcpu: 1, targetGroups: 1, networkInterfaces: 1, clusters: 1 },
      zone: { records: 1 },
    };
    const ledger = smallFleet({ tiers: [tier('standard', { typical })] });
    const decision = place(request('acme'), ledger);
    // 750 addresses for 20 each.
    expect(decision).toMatchObject({
      choices: [{ basis: { score: { roomBefore: 37.5, loss: expect.closeTo(0.1, 9) as number } } }],
    });
  });
});

describe('slots', () => {
  it('are the lowest that are neither held nor at rest', () => {
    const ledger = new Ledger(view({ cells: [cell('c1')], groups: [group('g1', 'c1', { restingSlots: [0, 2, 3] })] }));
    const slots = ['a', 'b', 'c'].map((name) => {
      const decision = settle(ledger, request(name));
      return decision.kind === 'placed' ? decision.choices[0]?.slot : undefined;
    });
    expect(slots).toEqual([1, 4, 5]);
  });
});

describe('several placements', () => {
  it('go into distinct cells', () => {
    const decision = place(request('acme', { placements: 2 }), smallFleet());
    expect(groupsOf(decision)).toEqual(['g11', 'g21']);
  });

  it('share few cell pairs', () => {
    const names = ['c1', 'c2', 'c3', 'c4'];
    const ledger = new Ledger(
      view({ cells: names.map((name) => cell(name)), groups: names.map((name) => group(`g-${name}`, name)) }),
    );
    for (let index = 0; index < 6; index += 1) settle(ledger, request(`t${index}`, { placements: 2 }));
    const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b) => ledger.inCommon(a, b, 'nobody')));
    expect(pairs.reduce((sum, count) => sum + count, 0)).toBe(6);
    expect(Math.max(...pairs)).toBeLessThanOrEqual(2);
  });

  it('are added to, and those that are there stay', () => {
    const ledger = smallFleet();
    settle(ledger, request('acme', { pin: ['g22'] }));
    expect(groupsOf(settle(ledger, request('acme', { placements: 2 })))).toEqual(['g11']);
    expect(ledger.reservationsOf('acme').map((held) => held.group)).toEqual(['g22', 'g11']);
    expect(groupsOf(place(request('acme', { placements: 2 }), ledger))).toEqual([]);
    expect(groupsOf(place(request('acme', { placements: 1 }), ledger))).toEqual([]);
  });

  it('leave out of count what is leaving, and keep away from its infra group only', () => {
    const ledger = smallFleet();
    settle(ledger, request('acme'));
    ledger.revise('acme-0', { leaving: true });
    expect(groupsOf(place(request('acme'), ledger))).toEqual(['g12']);
  });

  it('are all placed or none', () => {
    const explanation = explanationOf(place(request('acme', { placements: 3 }), smallFleet()));
    expect(explanation).toMatchObject({ needed: 3, found: 2, reason: 'SpreadConflict' });
  });

  it('fit a short zone where an order that leaves out dual-stack ALBs does', () => {
    const cells = ['c1', 'c2', 'c3'].map((name) => cell(name));
    const groups = [
      group('a', 'c1', { dualstack: true }),
      group('b', 'c2', { dualstack: true }),
      group('c', 'c2'),
      group('d', 'c3'),
    ];
    const ledger = new Ledger(view({ cells, groups, zones: [zone('Z1', 2)] }));
    expect(groupsOf(place(request('acme', { placements: 2 }), ledger))).toEqual(['c', 'd']);
    expect(place(request('acme', { placements: 3 }), ledger).kind).toBe('unplaceable');
  });
});

describe('pin, antiAffinity, isolation', () => {
  it('a pin leaves only its groups', () => {
    expect(groupsOf(place(request('acme', { pin: ['g22', 'g12'] }), smallFleet()))).toEqual(['g12']);
  });

  it('tenants that share a label never share a cell', () => {
    const ledger = smallFleet();
    const cells = ['a', 'b'].map((name) => {
      const decision = settle(ledger, request(name, { antiAffinity: 'bank' }));
      return decision.kind === 'placed' ? decision.choices[0]?.cell : undefined;
    });
    expect(cells).toEqual(['c1', 'c2']);
    expect(explanationOf(place(request('c', { antiAffinity: 'bank' }), ledger)).reason).toBe('AntiAffinity');
    expect(place(request('d'), ledger).kind).toBe('placed');
  });

  it('a dedicated tenant gets a group for itself, and nobody joins it', () => {
    const ledger = smallFleet();
    settle(ledger, request('shared'));
    expect(groupsOf(settle(ledger, request('alone', { isolation: 'dedicated', placements: 2 })))).toEqual([
      'g12',
      'g21',
    ]);
    for (let index = 0; index < 20; index += 1) {
      expect(['g11', 'g22']).toContain(groupsOf(settle(ledger, request(`t${index}`)))[0]);
    }
  });
});

describe('determinism and chance', () => {
  it('decides the same whatever order the view lists things in', () => {
    const cells = [cell('c1'), cell('c2')];
    const groups = [group('g11', 'c1'), group('g12', 'c1'), group('g21', 'c2')];
    const one = new Ledger(view({ cells, groups }));
    const other = new Ledger(view({ cells: cells.toReversed(), groups: groups.toReversed() }));
    for (let index = 0; index < 30; index += 1) {
      const asked = request(`t${index}`, { placements: 1 + (index % 2), size: { cpu: 256 * (1 + (index % 4)) } });
      expect(settle(other, asked)).toEqual(settle(one, asked));
    }
  });

  it('picks among the near-best by the random that is passed in, and never beyond them', () => {
    const ledger = smallFleet();
    settle(ledger, request('big', { pin: ['g22'], size: { tasks: 30 } }));
    settle(ledger, request('bigger', { pin: ['g21'], size: { tasks: 32 } }));
    for (const group of ['g11', 'g12', 'g21', 'g22']) settle(ledger, request(`in-${group}`, { pin: [group] }));
    const picks = [0, 0.34, 0.67, 0.999].map((value) =>
      groupsOf(place(request('acme'), ledger, { random: () => value })).join(),
    );
    expect(new Set(picks).size).toBeGreaterThan(1);
    for (const one of picks) expect(['g21', 'g22']).toContain(one);
  });
});

describe('many at once', () => {
  it('200 tenants for 100 free slots: exactly 100 placed, 100 with a reason', () => {
    // 112 rules with 10 % in reserve are 100 slots, over two groups of which strangers hold a part.
    const groups = [
      group('g1', 'c1', { quotas: { rules: 67 }, reservePercent: 10 }),
      group('g2', 'c2', { quotas: { rules: 67 }, reservePercent: 10, foreign: { rules: 20 } }),
    ];
    const ledger = new Ledger(view({ cells: [cell('c1'), cell('c2')], groups }));
    const decisions = Array.from({ length: 200 }, (_, index) => settle(ledger, request(`t${index}`)));
    const placed = decisions.filter((decision) => decision.kind === 'placed');
    expect(placed).toHaveLength(100);
    for (const decision of decisions.filter(({ kind }) => kind === 'unplaceable')) {
      const explanation = explanationOf(decision);
      expect(explanation.reason).toBe('Insufficient');
      expect(explanation.groups.every(({ rejections }) => rejections.length > 0)).toBe(true);
      expect(explanation.text).toContain('Insufficient(rules)');
    }
    expect(ledger.site('g1')?.account.used.rules).toBe(60);
    expect(ledger.site('g2')?.account.used.rules).toBe(40);
  });

  it('reservationFor carries the label and isolation along', () => {
    const asked = request('acme', { antiAffinity: 'bank', isolation: 'dedicated' });
    const decision = place(asked, smallFleet());
    const [choice] = decision.kind === 'placed' ? decision.choices : [];
    if (choice === undefined) throw new Error('not placed');
    expect(reservationFor(asked, choice, 'p1')).toEqual({
      placement: 'p1',
      tenant: 'acme',
      tier: 'standard',
      cell: 'c1',
      group: 'g11',
      slot: 0,
      demand: choice.demand,
      antiAffinity: 'bank',
      isolation: 'dedicated',
    });
  });
});
