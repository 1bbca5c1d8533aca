import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBatch, recheck } from '../../src/placement/batch.ts';
import { place, reservationFor } from '../../src/placement/decide.ts';
import { contextFor, rejectionsOf } from '../../src/placement/filters.ts';
import type { Ledger } from '../../src/placement/ledger.ts';
import { Pending } from '../../src/placement/pending.ts';
import type { PlacementRequest } from '../../src/placement/types.ts';
import { crowds, fleets, options, titled } from './random-fleets.ts';
import { cell, group, request, settle, smallFleet, tier } from './world.ts';

const groupsOf = (plan: ReturnType<typeof planBatch>) =>
  Object.fromEntries([...plan.placed].map(([name, choices]) => [name, choices.map((one) => one.group)]));

/** What deciding one by one, in order of acceptance, finds place for. */
function oneByOne(ledger: Ledger, all: readonly PlacementRequest[]): ReadonlySet<string> {
  const books = ledger.copy();
  const placed = new Set<string>();
  for (const asked of all) {
    const decision = place(asked, books);
    if (decision.kind !== 'placed' || decision.choices.length === 0) continue;
    for (const [index, choice] of decision.choices.entries()) {
      books.reserve(reservationFor(asked, choice, `${asked.tenant}+${index}`));
    }
    placed.add(asked.tenant);
  }
  return placed;
}

describe('planBatch', () => {
  it('plans everybody with a choice that is one like any other, and leaves the ledger as it is', () => {
    const ledger = smallFleet();
    const plan = planBatch(ledger, [request('a'), request('b', { placements: 2 }), request('c', { pin: ['g22'] })]);
    expect(plan.unplaced).toEqual([]);
    expect(
      plan.placed
        .get('b')
        ?.map((one) => one.cell)
        .sort(),
    ).toEqual(['c1', 'c2']);
    expect(groupsOf(plan)['c']).toEqual(['g22']);
    const [choice] = plan.placed.get('a') ?? [];
    expect(choice?.why).toMatch(
      /^g\d\d in cell c\d: \d+ % full, costs .* of room.*; planned together with 2 other tenants$/,
    );
    expect(choice?.basis.candidates).toBeGreaterThan(0);
    expect([...ledger.allReservations()]).toEqual([]);
    expect(ledger.site('g11')?.opened).toBe(false);
  });

  it('does not let the many take what only a few can use: pins first', () => {
    const groups = [group('g1', 'c1', { quotas: { rules: 1 } }), group('g2', 'c1', { quotas: { rules: 3 } })];
    const ledger = smallFleet({ cells: [cell('c1')], groups });
    const all = ['a', 'b', 'c'].map((name) => request(name));
    const plan = planBatch(ledger, [...all, request('pinned', { pin: ['g1'] })]);
    expect(plan.unplaced).toEqual([]);
    expect(groupsOf(plan)['pinned']).toEqual(['g1']);
  });

  it('where room is short, who was accepted earlier has it', () => {
    const groups = [group('g1', 'c1', { quotas: { rules: 3 } })];
    const ledger = smallFleet({ cells: [cell('c1')], groups });
    const plan = planBatch(
      ledger,
      ['e', 'd', 'c', 'b', 'a'].map((name) => request(name)),
    );
    expect([...plan.placed.keys()].sort()).toEqual(['c', 'd', 'e']);
    expect(plan.unplaced).toEqual(['b', 'a']);
  });

  it('one who would find no place even alone keeps nobody waiting', () => {
    const plan = planBatch(smallFleet(), [request('huge', { size: { tasks: 5000 } }), request('a'), request('b')]);
    expect([...plan.placed.keys()].sort()).toEqual(['a', 'b']);
    expect(plan.unplaced).toEqual(['huge']);
  });

  it('packs those who came sorted by size as well as those who came mixed', () => {
    const groups = Array.from({ length: 12 }, (_none, n) =>
      group(`g${n + 10}`, 'c1', { quotas: { rules: 20, targets: 200 } }),
    );
    const fleet = () => smallFleet({ cells: [cell('c1')], groups });
    // 100 tenants of two targets each, then 20 of eighty: nine groups hold them all, exactly.
    const small = Array.from({ length: 100 }, (_none, n) => request(`small${n}`));
    const large = Array.from({ length: 20 }, (_none, n) => request(`large${n}`, { size: { tasks: 40 } }));
    const planned = planBatch(fleet(), [...small, ...large]);
    expect(planned.unplaced).toEqual([]);
    const used = new Set(Object.values(groupsOf(planned)).flat()).size;
    const singly = fleet();
    for (const one of [...small, ...large]) settle(singly, one);
    const usedSingly = singly.sites().filter((site) => site.tenants.size > 0).length;
    expect(used).toBeLessThan(usedSingly);
    expect(used).toBeLessThanOrEqual(11);
  });

  it('leaves tenants in tier scope to their own decisions', () => {
    const ledger = smallFleet({ tiers: [tier('standard', { scope: 'tier' })] });
    expect(planBatch(ledger, [request('a')])).toEqual({ placed: new Map(), unplaced: ['a'] });
  });

  it(titled('every choice passes every filter when its turn comes; the plan is the same each time'), () => {
    fc.assert(
      fc.property(fleets, crowds, (fleet, crowd) => {
        const all = crowd.map((one, n) => ({ ...one, tenant: `new${n}` }));
        const plan = planBatch(fleet.ledger, all);
        expect(planBatch(fleet.ledger, all)).toEqual(plan);
        expect([...plan.placed.keys(), ...plan.unplaced].sort()).toEqual(all.map((one) => one.tenant).sort());
        const books = fleet.ledger.copy();
        for (const [name, choices] of plan.placed) {
          const asked = all.find((one) => one.tenant === name);
          if (asked === undefined) throw new Error(`${name} was not asked for`);
          expect(choices).toHaveLength(asked.placements);
          const cellsTaken = new Set<string>();
          for (const [index, choice] of choices.entries()) {
            const site = books.site(choice.group);
            if (site === undefined) throw new Error(`no infra group ${choice.group}`);
            const context = contextFor(asked, books, { pending: new Pending(), cellsTaken });
            expect(rejectionsOf(site, context)).toEqual([]);
            books.reserve(reservationFor(asked, choice, `${name}+${index}`));
            cellsTaken.add(choice.cell);
          }
        }
      }),
      options,
    );
  });

  it(titled('places whom one by one would, but for those who came after one whom only the plan places'), () => {
    fc.assert(
      fc.property(fleets, crowds, (fleet, crowd) => {
        const all = crowd.map((one, n) => ({ ...one, tenant: `new${n}` }));
        const singly = oneByOne(fleet.ledger, all);
        const { placed } = planBatch(fleet.ledger, all);
        const first = all.find(({ tenant }) => singly.has(tenant) !== placed.has(tenant));
        if (first !== undefined) expect(placed.has(first.tenant)).toBe(true);
      }),
      options,
    );
  });
});

describe('recheck', () => {
  it('gives the choices a slot that is free now', () => {
    const ledger = smallFleet();
    const asked = request('a', { pin: ['g11'] });
    const choices = planBatch(ledger, [asked]).placed.get('a') ?? [];
    settle(ledger, request('other', { pin: ['g11'] }));
    expect(recheck(asked, ledger, choices)).toMatchObject([{ group: 'g11', slot: 1 }]);
  });

  it('refuses what no longer fits, what was asked otherwise, and a tenant that has a place', () => {
    const ledger = smallFleet({ cells: [cell('c1')], groups: [group('g11', 'c1', { quotas: { rules: 1 } })] });
    const asked = request('a');
    const choices = planBatch(ledger, [asked]).placed.get('a') ?? [];
    expect(recheck({ ...asked, placements: 2 }, ledger, choices)).toBeUndefined();
    expect(recheck({ ...asked, pin: ['g12'] }, ledger, choices)).toBeUndefined();
    settle(ledger, request('other'));
    expect(recheck(asked, ledger, choices)).toBeUndefined();
    const roomy = smallFleet();
    settle(roomy, asked);
    expect(recheck(asked, roomy, choices)).toBeUndefined();
  });
});
