import { describe, expect, it } from 'vitest';
import { compareWithPlacements } from '../../src/placement/change.ts';
import { Ledger } from '../../src/placement/ledger.ts';
import { type Resolution, resolvePlacement } from '../../src/placement/resolve.ts';
import type { PlacementRequest } from '../../src/placement/types.ts';
import { vcpuToCpuUnits } from '../../src/placement/vector.ts';
import { cell, group, request, settle, smallFleet, tier, view } from './world.ts';

function moveFields(asked: PlacementRequest, ledger: Ledger): readonly string[] {
  const change = compareWithPlacements(asked, ledger);
  return change.kind === 'move-required' ? change.reasons.map(({ field }) => field) : [];
}

function inPlace(asked: PlacementRequest, ledger: Ledger) {
  const change = compareWithPlacements(asked, ledger);
  if (change.kind !== 'in-place') throw new Error(`expected in-place, got: ${change.text}`);
  return change;
}

function refused(resolution: Resolution): Extract<Resolution, { kind: 'unplaceable' }>['explanation'] {
  if (resolution.kind !== 'unplaceable') throw new Error(`expected unplaceable, got ${resolution.kind}`);
  return resolution.explanation;
}

describe('a change that needs a move', () => {
  it('is a pin that excludes where the tenant is, and not one that includes it', () => {
    const ledger = smallFleet();
    settle(ledger, request('acme'));
    expect(moveFields(request('acme', { pin: ['g12'] }), ledger)).toEqual(['pin']);
    expect(moveFields(request('acme', { pin: ['g12', 'g11'] }), ledger)).toEqual([]);
    const change = compareWithPlacements(request('acme', { pin: ['g12'] }), ledger);
    expect(change).toMatchObject({ text: expect.stringContaining('g11 is not in the pin (g12)') as string });
  });

  it('is another tier', () => {
    const ledger = smallFleet({ tiers: [tier('standard'), tier('gold')] });
    settle(ledger, request('acme'));
    expect(moveFields(request('acme', { tier: 'gold' }), ledger)).toEqual(['tier']);
  });

  it('is a label that another tenant of the cell bears', () => {
    const ledger = smallFleet();
    settle(ledger, request('acme'));
    settle(ledger, request('bolt', { antiAffinity: 'bank' }));
    expect(moveFields(request('acme', { antiAffinity: 'bank' }), ledger)).toEqual(['antiAffinity']);
    expect(moveFields(request('acme', { antiAffinity: 'shop' }), ledger)).toEqual([]);
    expect(moveFields(request('bolt', { antiAffinity: 'bank' }), ledger)).toEqual([]);
  });

  it('is isolation in a group that holds others, and not in one that the tenant has alone', () => {
    const ledger = smallFleet();
    settle(ledger, request('acme'));
    expect(moveFields(request('acme', { isolation: 'dedicated' }), ledger)).toEqual([]);
    settle(ledger, request('bolt'));
    expect(moveFields(request('acme', { isolation: 'dedicated' }), ledger)).toEqual(['isolation']);
  });

  it('changes nothing at all, whatever else the record asks for', () => {
    const ledger = smallFleet();
    settle(ledger, request('acme'));
    const asked = request('acme', { pin: ['g12', 'g21'], placements: 2, size: { cpu: 1024 } });
    expect(resolvePlacement(asked, ledger).kind).toBe('move-required');
  });

  it('is none where dropping the placement that offends is what the record asks for', () => {
    const ledger = smallFleet();
    settle(ledger, request('acme', { placements: 2 }));
    const change = inPlace(request('acme', { pin: ['g21'] }), ledger);
    expect(change.surplus.map((held) => held.group)).toEqual(['g11']);
    expect(change.kept.map((held) => held.group)).toEqual(['g21']);
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
