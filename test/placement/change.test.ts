import { describe, expect, it } from 'vitest';
import { compareWithPlacements } from '../../src/placement/change.ts';
import { place, reservationFor } from '../../src/placement/decide.ts';
import { Ledger } from '../../src/placement/ledger.ts';
import { type Resolution, resolvePlacement } from '../../src/placement/resolve.ts';
import type { PlacementRequest } from '../../src/placement/types.ts';
import { vcpuToCpuUnits } from '../../src/placement/vector.ts';
import { cell, group, groupsOf, request, settle, smallFleet, tier, view } from './world.ts';

/** Why the placements of a tenant have to move. */
function moveReasons(asked: PlacementRequest, ledger: Ledger): readonly string[] {
  return inPlace(asked, ledger).moves.map(({ why }) => why);
}

function inPlace(asked: PlacementRequest, ledger: Ledger) {
  const change = compareWithPlacements(asked, ledger);
  if (change.kind !== 'in-place') throw new Error(`expected in-place, got: ${change.text}`);
  return change;
}

function changed(resolution: Resolution): Extract<Resolution, { kind: 'change' }> {
  if (resolution.kind !== 'change') throw new Error(`expected a change, got ${resolution.kind}`);
  return resolution;
}

function refused(resolution: Resolution): Extract<Resolution, { kind: 'unplaceable' }>['explanation'] {
  if (resolution.kind !== 'unplaceable') throw new Error(`expected unplaceable, got ${resolution.kind}`);
  return resolution.explanation;
}

describe('a change that needs a move', () => {
  it('is a pin that excludes where the tenant is, and not one that includes it', () => {
    const ledger = smallFleet();
    settle(ledger, request('acme'));
    expect(moveReasons(request('acme', { pin: ['g12'] }), ledger)).toEqual(['g11 is not in the pin (g12)']);
    expect(moveReasons(request('acme', { pin: ['g12', 'g11'] }), ledger)).toEqual([]);
  });

  it('is another tier', () => {
    const cells = [cell('c1'), cell('c2', { tier: 'gold' })];
    const ledger = smallFleet({ tiers: [tier('standard'), tier('gold')], cells });
    settle(ledger, request('acme'));
    const { foreign, add } = inPlace(request('acme', { tier: 'gold' }), ledger);
    expect([foreign.map(({ group: name }) => name), add]).toEqual([['g11'], 1]);
    const resolution = changed(resolvePlacement(request('acme', { tier: 'gold' }), ledger));
    expect(resolution.choices).toMatchObject([{ group: 'g21', replaces: { placement: 'acme-0', cause: 'asked' } }]);
  });

  it('is a label that another tenant of the cell bears', () => {
    const ledger = smallFleet();
    settle(ledger, request('acme'));
    settle(ledger, request('bolt', { antiAffinity: 'bank' }));
    expect(moveReasons(request('acme', { antiAffinity: 'bank' }), ledger)).toHaveLength(1);
    expect(moveReasons(request('acme', { antiAffinity: 'shop' }), ledger)).toEqual([]);
    expect(moveReasons(request('bolt', { antiAffinity: 'bank' }), ledger)).toEqual([]);
    // What leaves, or is being replaced there, is nobody's reason to move; but nobody new is put beside it.
    ledger.revise('bolt-0', { replaced: true });
    expect(moveReasons(request('acme', { antiAffinity: 'bank' }), ledger)).toEqual([]);
    expect(groupsOf(place(request('cave', { antiAffinity: 'bank' }), ledger))).toEqual(['g21']);
  });

  it('is isolation in a group that holds others, and not in one that the tenant has alone', () => {
    const ledger = smallFleet();
    settle(ledger, request('acme'));
    expect(moveReasons(request('acme', { isolation: 'dedicated' }), ledger)).toEqual([]);
    settle(ledger, request('bolt'));
    expect(moveReasons(request('acme', { isolation: 'dedicated' }), ledger)).toEqual([
      'g11 holds 1 other tenant, isolation: dedicated wants it empty',
    ]);
  });

  it('is decided with everything else that the record asks for, in the same cell where that fits', () => {
    const ledger = smallFleet();
    settle(ledger, request('acme'));
    const asked = request('acme', { pin: ['g12', 'g21'], placements: 2, size: { cpu: 1024 } });
    const { choices, growth } = changed(resolvePlacement(asked, ledger));
    expect(choices.map(({ group: name, replaces }) => [name, replaces?.placement])).toEqual([
      ['g12', 'acme-0'],
      ['g21', undefined],
    ]);
    expect(choices[0]?.why).toMatch(
      /^to move from g11 to g12 because g11 is not in the pin \(g12, g21\); g12 in cell c1/,
    );
    expect(growth.map((one) => one.placement)).toEqual(['acme-0']);
  });

  it('is all or nothing: one successor that finds no room holds all', () => {
    const ledger = smallFleet();
    settle(ledger, request('acme', { placements: 2 }));
    const explanation = refused(resolvePlacement(request('acme', { pin: ['g12'], placements: 2 }), ledger));
    expect([explanation.needed, explanation.found]).toEqual([2, 1]);
  });

  it('leaves what is replaced as it is where it cannot grow', () => {
    const cells = [cell('c1', { quotas: { fargateVcpu: vcpuToCpuUnits(2) } }), cell('c2')];
    const ledger = new Ledger(view({ cells, groups: [group('g1', 'c1'), group('g2', 'c2')] }));
    settle(ledger, request('acme', { pin: ['g1'] }));
    const resolution = changed(resolvePlacement(request('acme', { pin: ['g2'], size: { cpu: 2048 } }), ledger));
    expect([resolution.frozen, resolution.growth]).toEqual([['acme-0'], []]);
    expect(resolution.choices).toMatchObject([{ group: 'g2', demand: { cell: { fargateVcpu: 4096 } } }]);
  });

  it('never ends beside what still leaves: two rules of one tenant on one listener would be one too many', () => {
    const ledger = smallFleet({ groups: [group('g11', 'c1')] });
    settle(ledger, request('acme'));
    ledger.revise('acme-0', { leaving: true });
    expect(refused(resolvePlacement(request('acme'), ledger)).reason).toBe('SpreadConflict');
  });

  it('cannot be had in tier scope, and says so', () => {
    const ledger = smallFleet({ tiers: [tier('standard', { scope: 'tier' })] });
    const size = { ownRecords: false };
    settle(ledger, request('acme', { size }));
    settle(ledger, request('bolt', { size }));
    const resolution = resolvePlacement(request('acme', { size, isolation: 'dedicated' }), ledger);
    expect(resolution).toMatchObject({
      kind: 'move-required',
      text: expect.stringContaining('no move helps') as string,
    });
  });

  it('is none where dropping the placement that offends is what the record asks for', () => {
    const ledger = smallFleet();
    settle(ledger, request('acme', { placements: 2 }));
    const change = inPlace(request('acme', { pin: ['g21'] }), ledger);
    expect(change.surplus.map((held) => held.group)).toEqual(['g11']);
    expect(change.kept.map((held) => held.group)).toEqual(['g21']);
  });
});

describe('a move that is under way', () => {
  /** acme in g11, its successor in g21. */
  function moving(): Ledger {
    const ledger = smallFleet();
    settle(ledger, request('acme', { pin: ['g11'] }));
    const asked = request('acme', { pin: ['g21'] });
    const [choice] = changed(resolvePlacement(asked, ledger)).choices;
    if (choice !== undefined) ledger.reserve(reservationFor(asked, choice, 'acme-next'));
    return ledger;
  }

  it('is not begun twice, and counts once', () => {
    const resolution = changed(resolvePlacement(request('acme', { pin: ['g21'] }), moving()));
    expect(resolution).toMatchObject({ choices: [], surplus: [], aborts: [] });
  });

  it('is taken back when nothing asks for it, and begun elsewhere only when it is', () => {
    const ledger = moving();
    const back = changed(resolvePlacement(request('acme', { pin: ['g11'] }), ledger));
    expect(back).toMatchObject({ choices: [], aborts: [{ placement: 'acme-next' }] });
    const elsewhere = request('acme', { pin: ['g22'] });
    expect(changed(resolvePlacement(elsewhere, ledger))).toMatchObject({
      choices: [],
      aborts: [{ placement: 'acme-next', reason: 'g21 is not in the pin (g22)' }],
    });
    ledger.revise('acme-next', { leaving: true });
    expect(changed(resolvePlacement(elsewhere, ledger))).toMatchObject({ choices: [], aborts: [] });
    ledger.release('acme-next', true);
    expect(changed(resolvePlacement(elsewhere, ledger)).choices).toMatchObject([{ group: 'g22' }]);
  });

  it('makes both grow with the record', () => {
    const resolution = changed(resolvePlacement(request('acme', { pin: ['g21'], size: { cpu: 1024 } }), moving()));
    expect(resolution.growth.map(({ placement }) => placement).sort()).toEqual(['acme-0', 'acme-next']);
  });

  it('of a place too many is taken back, and the place goes', () => {
    const ledger = smallFleet();
    settle(ledger, request('acme', { placements: 2 }));
    const asked = request('acme', { pin: ['g11', 'g22'], placements: 2 });
    const [choice] = changed(resolvePlacement(asked, ledger)).choices;
    if (choice !== undefined) ledger.reserve(reservationFor(asked, choice, 'acme-next'));
    const fewer = changed(resolvePlacement(request('acme', { pin: ['g11', 'g22'] }), ledger));
    expect(fewer.surplus.map(({ placement }) => placement)).toEqual(['acme-1']);
    expect(fewer.aborts.map(({ placement }) => placement)).toEqual(['acme-next']);
  });
});

describe('the order of a mover', () => {
  const order = (to?: readonly string[]) => ({
    cause: 'drain' as const,
    why: 'infra group g11 is draining',
    ...(to === undefined ? {} : { to }),
  });
  const wishes = (orders: Readonly<Record<string, ReturnType<typeof order>>>, standing: readonly string[] = []) => ({
    wishes: { orders: new Map(Object.entries(orders)), standing: new Set(standing) },
  });

  it('is a reason to move, to the places that it names and that the pin allows', () => {
    const ledger = smallFleet();
    settle(ledger, request('acme'));
    const choices = (to?: readonly string[], pin: readonly string[] = []) =>
      changed(resolvePlacement(request('acme', { pin }), ledger, wishes({ 'acme-0': order(to) }))).choices;
    expect(choices()).toMatchObject([{ group: 'g12', replaces: { placement: 'acme-0', cause: 'drain' } }]);
    expect(choices(['g22'])).toMatchObject([{ group: 'g22' }]);
    expect(choices(['g22'], ['g11', 'g12'])).toEqual([]);
  });

  it("that finds no room leaves the record's own wishes alone", () => {
    const ledger = smallFleet();
    settle(ledger, request('acme', { pin: ['g11'] }));
    const asked = request('acme', { pin: ['g11'], size: { cpu: 1024 } });
    const resolution = changed(resolvePlacement(asked, ledger, wishes({ 'acme-0': order() })));
    expect(resolution).toMatchObject({ choices: [], growth: [{ placement: 'acme-0' }], unmoved: { found: 0 } });
  });

  it('that no longer stands takes the move back, unless the record asks for it too', () => {
    const ledger = smallFleet();
    settle(ledger, request('acme'));
    const [choice] = changed(resolvePlacement(request('acme'), ledger, wishes({ 'acme-0': order() }))).choices;
    if (choice !== undefined) ledger.reserve(reservationFor(request('acme'), choice, 'acme-next'));
    const aborts = (standing: readonly string[], pin: readonly string[] = []) =>
      changed(resolvePlacement(request('acme', { pin }), ledger, wishes({}, standing))).aborts;
    expect(aborts(['acme-next'])).toEqual([]);
    expect(aborts([])).toMatchObject([{ placement: 'acme-next' }]);
    expect(aborts([], ['g12', 'g21'])).toEqual([]);
  });
});

describe('fewer placements', () => {
  const three = (): Ledger => {
    const cells = ['c1', 'c2', 'c3'].map((name) => cell(name));
    const groups = [group('g1', 'c1'), group('g2', 'c2'), group('g3', 'c3')];
    const ledger = new Ledger(view({ cells, groups }));
    settle(ledger, request('acme', { placements: 3 }));
    return ledger;
  };
  const dropped = (ledger: Ledger, placements: number): readonly string[] =>
    inPlace(request('acme', { placements }), ledger).surplus.map((held) => held.group);

  it('drop those in the fullest cell first', () => {
    const ledger = three();
    settle(ledger, request('bolt', { pin: ['g2'] }));
    settle(ledger, request('cave', { pin: ['g2'] }));
    settle(ledger, request('dune', { pin: ['g1'] }));
    expect(dropped(ledger, 1)).toEqual(['g2', 'g1']);
  });

  it('drop those in a draining or cordoned place before, and what has no record before them', () => {
    const reservations = three().reservationsOf('acme');
    const build = (cells: readonly ReturnType<typeof cell>[], groups: readonly ReturnType<typeof group>[]): Ledger =>
      new Ledger(view({ cells, groups, reservations }));
    const cells = [cell('c1'), cell('c2', { state: 'cordoned' }), cell('c3')];
    const groups = [group('g1', 'c1', { state: 'draining' }), group('g2', 'c2'), group('g3', 'c3')];
    expect(dropped(build(cells, groups), 1)).toEqual(['g1', 'g2']);
    expect(dropped(build(cells, groups.slice(0, 2)), 1)).toEqual(['g3', 'g1']);
  });

  it('choose the same ones each time between equals', () => {
    expect(dropped(three(), 2)).toEqual(dropped(three(), 2));
    expect(dropped(three(), 1)).toHaveLength(2);
  });
});

describe('more demand', () => {
  it('is a difference to reserve first, and less is one to give back after', () => {
    const ledger = smallFleet();
    settle(ledger, request('acme'));
    const change = inPlace(request('acme', { size: { cpu: 256, tasks: 3 } }), ledger);
    // 2 tasks of 512 at the surge become 6 of 256.
    expect(change.growth).toMatchObject([
      {
        group: 'g11',
        increase: { group: { targets: 4, rules: 0 }, cell: { fargateVcpu: 512, networkInterfaces: 4 } },
        decrease: { group: { targets: 0 }, cell: { fargateVcpu: 0 } },
      },
    ]);
    const smaller = inPlace(request('acme', { size: { cpu: 256 } }), ledger);
    expect(smaller.growth).toMatchObject([
      { increase: { cell: { fargateVcpu: 0 } }, decrease: { cell: { fargateVcpu: 512 } } },
    ]);
    expect(inPlace(request('acme'), ledger).growth).toEqual([]);
  });

  it('that does not fit leaves all as it was and says what would help', () => {
    const cells = [cell('c1', { quotas: { fargateVcpu: vcpuToCpuUnits(4) } }), cell('c2')];
    const ledger = new Ledger(view({ cells, groups: [group('g1', 'c1'), group('g2', 'c2')] }));
    settle(ledger, request('acme'));
    const asked = request('acme', { size: { cpu: 4096 }, placements: 2 });
    const explanation = refused(resolvePlacement(asked, ledger));
    expect(explanation.reason).toBe('ParentInsufficient');
    expect(explanation.text).toBe(
      'The larger demand does not fit where the tenant is, and what runs stays as it was. ' +
        'g1 in cell c1: lacks 4 Fargate vCPU in cell c1 (needs 7, free 3). ' +
        'What would help: a quota of 8 Fargate vCPU in cell c1 (now 4, 0 % of it in reserve).',
    );
  });

  it('fits in a cordoned place, but not against an unknown quota or an incomplete view', () => {
    const before = smallFleet();
    settle(before, request('acme'));
    const reservations = before.reservationsOf('acme');
    const asked = request('acme', { size: { cpu: 1024 } });
    const resolve = (fields: Parameters<typeof cell>[1]): Resolution => {
      const cells = [cell('c1', fields)];
      return resolvePlacement(asked, new Ledger(view({ cells, groups: [group('g11', 'c1')], reservations })));
    };
    expect(resolve({ state: 'cordoned' })).toMatchObject({ kind: 'change', growth: [{ group: 'g11' }] });
    expect(refused(resolve({ read: { clusters: 5 } })).reason).toBe('QuotaUnknown');
    expect(refused(resolve({ incomplete: 'unread' })).reason).toBe('ViewIncomplete');
    const orphaned = new Ledger(view({ reservations }));
    expect(refused(resolvePlacement(asked, orphaned)).reason).toBe('ViewIncomplete');
  });

  it('of a place that exceeds a lowered quota is refused only in the dimensions that grow', () => {
    const before = smallFleet();
    settle(before, request('acme', { size: { expectedRps: 5 } }));
    const reservations = before.reservationsOf('acme');
    const groups = [group('g11', 'c1', { quotas: { targets: 1, rps: 10 } })];
    const ledger = new Ledger(view({ cells: [cell('c1')], groups, reservations }));
    expect(resolvePlacement(request('acme', { size: { expectedRps: 10 } }), ledger).kind).toBe('change');
    expect(resolvePlacement(request('acme', { size: { expectedRps: 11 } }), ledger).kind).toBe('unplaceable');
  });
});

describe('the whole decision', () => {
  it('is nothing to do for a tenant that has what it asks', () => {
    const ledger = smallFleet();
    settle(ledger, request('acme', { placements: 2 }));
    expect(resolvePlacement(request('acme', { placements: 2 }), ledger)).toEqual({
      kind: 'change',
      choices: [],
      growth: [],
      surplus: [],
      aborts: [],
      frozen: [],
    });
  });

  it('fits growth and new placements in together', () => {
    const tiers = [tier('standard', { scope: 'tier' })];
    const size = { ownRecords: false };
    const cells = (vcpu: number) => [cell('c1', { quotas: { fargateVcpu: vcpuToCpuUnits(vcpu) } })];
    const first = new Ledger(view({ tiers, cells: cells(3), groups: [group('g1', 'c1')] }));
    settle(first, request('acme', { size }));
    const resolve = (vcpu: number): Resolution => {
      const reservations = first.reservationsOf('acme');
      const groups = [group('g1', 'c1'), group('g2', 'c1')];
      const ledger = new Ledger(view({ tiers, cells: cells(vcpu), groups, reservations }));
      return resolvePlacement(request('acme', { size: { ...size, cpu: 1024 } }), ledger);
    };
    expect(resolve(4)).toMatchObject({ kind: 'change', choices: [{ group: 'g2' }], growth: [{ group: 'g1' }] });
    // One vCPU less: what serves grows, and the new infra group has to wait.
    expect(resolve(3)).toMatchObject({ kind: 'change', choices: [], shortfall: { found: 0, needed: 1 } });
  });
});
