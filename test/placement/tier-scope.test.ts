import { describe, expect, it } from 'vitest';
import { place } from '../../src/placement/decide.ts';
import { Ledger } from '../../src/placement/ledger.ts';
import type { GroupView } from '../../src/placement/types.ts';
import { vcpuToCpuUnits } from '../../src/placement/vector.ts';
import { cell, explanationOf, group, groupsOf, request, settle, tier, view, zone } from './world.ts';

const everywhere = (name: string) => request(name, { size: { ownRecords: false } });

function fleet(groups: readonly GroupView[], reservations: Ledger['reservationsOf'] | undefined = undefined): Ledger {
  const tiers = [tier('standard', { scope: 'tier' })];
  const held = reservations?.('acme') ?? [];
  const cells = [cell('c1'), cell('c2'), cell('off', { state: 'cordoned' })];
  return new Ledger(view({ tiers, cells, groups, zones: [zone('Z1', 0)], reservations: held }));
}

const three = [group('g11', 'c1'), group('g12', 'c1'), group('g21', 'c2')];

describe('a tier in tier scope', () => {
  it('puts a tenant in every active infra group, also twice in one cell, without records of its own', () => {
    const ledger = fleet([...three, group('gx', 'c2', { state: 'draining' }), group('gy', 'off')]);
    const decision = settle(ledger, everywhere('acme'));
    expect(groupsOf(decision)).toEqual(['g11', 'g12', 'g21']);
    expect(groupsOf(place(everywhere('acme'), ledger))).toEqual([]);
  });

  it('is full when its smallest infra group is: a new tenant goes everywhere or nowhere', () => {
    const ledger = fleet([group('g11', 'c1'), group('g21', 'c2', { quotas: { rules: 2 } })]);
    settle(ledger, everywhere('a'));
    settle(ledger, everywhere('b'));
    const explanation = explanationOf(place(everywhere('c'), ledger));
    expect(explanation).toMatchObject({ needed: 2, found: 1, reason: 'Insufficient' });
    expect(explanation.groups.map(({ group: name }) => name)).toEqual(['g21']);
    expect(ledger.reservationsOf('c')).toEqual([]);
  });

  it('sees that two infra groups of one cell draw on the same vCPU', () => {
    const cells = [cell('c1', { quotas: { fargateVcpu: vcpuToCpuUnits(1.5) } })];
    const tiers = [tier('standard', { scope: 'tier' })];
    const ledger = new Ledger(view({ tiers, cells, groups: [group('g1', 'c1'), group('g2', 'c1')] }));
    const explanation = explanationOf(place(everywhere('acme'), ledger));
    expect(explanation.groups).toEqual([
      {
        group: 'g2',
        cell: 'c1',
        rejections: [{ code: 'ParentInsufficient', cell: 'c1', dimension: 'fargateVcpu', need: 1024, free: 512 }],
      },
    ]);
    expect(explanation.text).toContain('a quota of 2 Fargate vCPU in cell c1');
  });

  it('adds a serving tenant to a new infra group, and says where it could not', () => {
    const before = fleet(three);
    settle(before, everywhere('acme'));
    const held = before.reservationsOf.bind(before);
    const more = [...three, group('g22', 'c2'), group('g23', 'c2', { quotas: { rules: 0 } })];
    const decision = place(everywhere('acme'), fleet(more, held));
    expect(groupsOf(decision)).toEqual(['g22']);
    expect(decision).toMatchObject({ shortfall: { needed: 2, found: 1, nearest: { group: 'g23' } } });
  });

  it('does not let one faulty new infra group close the tier, but waits for one that serves', () => {
    const faulty = group('g31', 'c2', { notReady: 'no such load balancer' });
    expect(groupsOf(place(everywhere('new'), fleet([...three, faulty])))).toEqual(['g11', 'g12', 'g21']);

    const before = fleet(three);
    settle(before, everywhere('acme'));
    const sick = [group('g11', 'c1', { notReady: 'unreadable' }), ...three.slice(1)];
    const after = fleet(sick, before.reservationsOf.bind(before));
    expect(explanationOf(place(everywhere('new'), after)).reason).toBe('NotReady');
    expect(groupsOf(place(everywhere('acme'), after))).toEqual([]);
  });

  it('says so when it has no active infra group', () => {
    const explanation = explanationOf(place(everywhere('acme'), fleet([group('gy', 'off')])));
    expect(explanation).toMatchObject({ needed: 1, found: 0, reason: 'NotActive' });
  });
});
