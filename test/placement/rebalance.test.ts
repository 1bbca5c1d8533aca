import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/placement/ledger.ts';
import { planRebalance, type RebalanceOptions } from '../../src/placement/rebalance.ts';
import type { PlacementRequest } from '../../src/placement/types.ts';
import { fleets, options, titled } from './random-fleets.ts';
import { replayMove } from './replay.ts';
import { cell, group, request, settle, smallFleet, tier } from './world.ts';

const everybody: RebalanceOptions = { tier: 'standard', maxMoves: 1000, movable: () => true };

function inhabit(ledger: Ledger, all: readonly PlacementRequest[]): Map<string, PlacementRequest> {
  for (const one of all) settle(ledger, one);
  return new Map(all.map((one) => [one.tenant, { ...one, pin: [] }]));
}

/** `count` tenants of `name` in one infra group, free to move. */
function tenants(name: string, count: number, where: string, size = {}): readonly PlacementRequest[] {
  return Array.from({ length: count }, (_none, n) => request(`${name}${n}`, { pin: [where], size }));
}

describe('planRebalance: freeing infra groups', () => {
  it('empties the smallest into those that stay, the fewest moves first, and says so', () => {
    const ledger = smallFleet();
    const inside = inhabit(ledger, [
      ...tenants('a', 3, 'g11'),
      ...tenants('b', 1, 'g12'),
      ...tenants('c', 2, 'g21'),
      ...tenants('d', 9, 'g22'),
    ]);
    const plan = planRebalance(ledger, inside, everybody);
    expect(plan.steps.map((step) => [step.kind, step.group, step.moves.length])).toEqual([
      ['free', 'g12', 1],
      ['free', 'g21', 2],
      ['free', 'g11', 3],
    ]);
    expect(plan.steps.flatMap(({ moves }) => moves.map(({ to }) => to))).toEqual(Array(6).fill('g22'));
    expect(plan).toMatchObject({ moves: 6, bound: 6, groups: { before: 4, after: 1 } });
    expect(plan.steps[0]?.moves[0]?.why).toBe('frees infra group g12');
    expect(plan.text).toContain(
      '6 moves (at least 6 are needed) free g12, g21, g11: 1 infra groups in use instead of 4',
    );
    expect(ledger.site('g12')?.tenants.size).toBe(1);
  });

  it('keeps to its budget of moves, and moves nobody for half a gain', () => {
    const ledger = smallFleet();
    const inside = inhabit(ledger, [...tenants('a', 3, 'g11'), ...tenants('b', 2, 'g12'), ...tenants('d', 9, 'g22')]);
    expect(planRebalance(ledger, inside, { ...everybody, maxMoves: 4 }).moves).toBe(2);
    const none = planRebalance(ledger, inside, { ...everybody, maxMoves: 1 });
    expect(none.steps).toEqual([]);
    expect(none.held).toContainEqual({ group: 'g12', why: 'takes 2 moves, 1 are left' });
  });

  it('leaves a group alone that holds somebody who may not be moved, and names them', () => {
    const ledger = smallFleet();
    const inside = inhabit(ledger, [...tenants('a', 1, 'g11'), ...tenants('b', 2, 'g12'), ...tenants('d', 9, 'g22')]);
    const plan = planRebalance(ledger, inside, { ...everybody, movable: (name) => name !== 'a0' });
    expect(plan.steps.map(({ group }) => group)).toEqual(['g12']);
    expect(plan.held).toEqual([{ group: 'g11', why: 'holds 1 that may not be moved: a0' }]);
  });

  it('opens no empty group, and has nothing to say where all is well', () => {
    const groups = [
      group('g11', 'c1', { quotas: { rules: 3 } }),
      group('g12', 'c1', { quotas: { rules: 3 } }),
      group('g21', 'c2'),
    ];
    const ledger = smallFleet({ groups });
    const inside = inhabit(ledger, [...tenants('a', 3, 'g11'), ...tenants('b', 2, 'g12')]);
    const plan = planRebalance(ledger, inside, everybody);
    expect(plan.steps).toEqual([]);
    expect(plan.text).toContain('Nothing to gain in tier standard.');
  });

  it('moves hold room twice: a cell with nothing to spare lets nobody move within it', () => {
    const cells = [cell('c1', { quotas: { clusters: 5 } }), cell('c2', { state: 'cordoned' })];
    const groups = [group('g11', 'c1'), group('g12', 'c1')];
    const ledger = smallFleet({ cells, groups });
    const inside = inhabit(ledger, [...tenants('a', 1, 'g11'), ...tenants('b', 4, 'g12')]);
    expect(planRebalance(ledger, inside, everybody).steps).toEqual([]);
    ledger.release('b0-0', false);
    expect(planRebalance(ledger, inside, everybody).steps.map(({ group: name }) => name)).toEqual(['g11']);
  });

  it('what goes anyway needs no move', () => {
    const ledger = smallFleet();
    const inside = inhabit(ledger, [...tenants('a', 3, 'g11'), ...tenants('d', 9, 'g22')]);
    ledger.revise('a0-0', { leaving: true });
    const plan = planRebalance(ledger, inside, { ...everybody, moving: new Set(['a1-0']) });
    expect(plan.steps.flatMap(({ moves }) => moves.map(({ placement }) => placement))).toEqual(['a2-0']);
  });

  it('plans nothing in tier scope, nor for a tier that is not known, and frees nothing where tenants are to be spread', () => {
    const scoped = smallFleet({ tiers: [tier('standard', { scope: 'tier' })] });
    expect(planRebalance(scoped, new Map(), everybody).text).toContain('scope tier');
    expect(planRebalance(scoped, new Map(), { ...everybody, tier: 'gold' }).text).toBe('Tier gold is not known.');
    const ledger = smallFleet({ tiers: [tier('standard', { strategy: 'spread' })] });
    const inside = inhabit(ledger, [...tenants('a', 1, 'g11'), ...tenants('d', 9, 'g22')]);
    expect(planRebalance(ledger, inside, everybody).steps).toEqual([]);
  });
});

describe('planRebalance: cooling infra groups', () => {
  const spread = [tier('standard', { strategy: 'spread' })];
  const quotas = { rps: 1000 };
  const groups = [group('g11', 'c1', { quotas }), group('g21', 'c2', { quotas })];

  it('moves the fewest tenants that bring a hot group to the mark', () => {
    const ledger = smallFleet({ tiers: spread, groups });
    const inside = inhabit(ledger, [
      ...tenants('small', 5, 'g11', { expectedRps: 50 }),
      ...tenants('middle', 2, 'g11', { expectedRps: 150 }),
      ...tenants('large', 1, 'g11', { expectedRps: 400 }),
    ]);
    const plan = planRebalance(ledger, inside, everybody);
    expect(plan.steps).toMatchObject([
      {
        kind: 'cool',
        group: 'g11',
        dimension: 'rps',
        before: 0.95,
        after: 0.8,
        moves: [{ tenant: 'middle0', to: 'g21' }],
      },
    ]);
    expect(plan.steps[0]?.moves[0]?.why).toBe(
      'cools infra group g11 from 95 % of its requests/s to 80 % of its requests/s',
    );
    expect(plan).toMatchObject({ moves: 1, bound: 1 });
  });

  it('heats nobody else up, and says what stays hot', () => {
    const ledger = smallFleet({ tiers: spread, groups });
    const inside = inhabit(ledger, [
      ...tenants('a', 2, 'g11', { expectedRps: 475 }),
      ...tenants('b', 1, 'g21', { expectedRps: 500 }),
    ]);
    const plan = planRebalance(ledger, inside, everybody);
    expect(plan.steps).toEqual([]);
    expect(plan.held).toEqual([
      { group: 'g11', why: 'stays at 95 % of its requests/s: no movable tenant of it has room elsewhere' },
    ]);
  });

  it('in a tier that packs, a full group is not hot, one over its limit is', () => {
    const full = (foreign: number) =>
      smallFleet({
        groups: [group('g11', 'c1', { quotas: { rules: 4 } }), group('g21', 'c2', { quotas: { rules: 4 } })],
        cells: [cell('c1'), cell('c2')],
      }).copy((view) => ({
        ...view,
        groups: view.groups.map((one) =>
          one.name === 'g11' ? group('g11', 'c1', { quotas: { rules: 4 }, foreign: { rules: foreign } }) : one,
        ),
      }));
    const calm = full(0);
    const inside = inhabit(calm, [...tenants('a', 4, 'g11'), ...tenants('b', 3, 'g21')]);
    expect(planRebalance(calm, inside, everybody).steps).toEqual([]);
    const hot = calm.copy((view) => ({
      ...view,
      groups: view.groups.map((one) =>
        one.name === 'g11' ? group('g11', 'c1', { quotas: { rules: 4 }, foreign: { rules: 1 } }) : one,
      ),
    }));
    expect(planRebalance(hot, inside, everybody).steps).toMatchObject([
      { kind: 'cool', group: 'g11', dimension: 'rules', after: 1, moves: [{ to: 'g21' }] },
    ]);
  });
});

describe('over random fleets', () => {
  it(titled('every move is allowed when its turn comes, none is in vain, and none moves twice'), () => {
    fc.assert(
      fc.property(fleets, fc.nat(12), fc.nat(5), (fleet, maxMoves, fixed) => {
        const movable = (name: string): boolean => name !== `t${fixed}`;
        const chosen = { ...everybody, maxMoves, movable };
        const plan = planRebalance(fleet.ledger, fleet.requests, chosen);
        expect(planRebalance(fleet.ledger, fleet.requests, chosen)).toEqual(plan);
        const all = plan.steps.flatMap(({ moves }) => moves);
        expect(all.length).toBe(plan.moves);
        expect(plan.moves).toBeLessThanOrEqual(maxMoves);
        expect(plan.bound).toBeLessThanOrEqual(plan.moves);
        expect(new Set(all.map(({ placement }) => placement)).size).toBe(all.length);
        const books = fleet.ledger.copy();
        for (const step of plan.steps) {
          for (const [index, move] of step.moves.entries()) {
            const asked = fleet.requests.get(move.tenant);
            if (asked === undefined) throw new Error(`${move.tenant} is not known`);
            expect(movable(move.tenant)).toBe(true);
            replayMove(books, asked, move, `${step.group}-${index}`);
          }
          if (step.kind === 'free') expect(books.site(step.group)?.tenants.size).toBe(0);
          expect(step.moves.length).toBeGreaterThan(0);
        }
        const used = books.sitesOf('standard').filter((site) => site.tenants.size > 0).length;
        expect(used).toBe(plan.groups.after);
      }),
      options,
    );
  });
});
