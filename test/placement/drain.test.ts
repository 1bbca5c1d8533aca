import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DrainSubject, planDrain } from '../../src/placement/drain.ts';
import type { Ledger } from '../../src/placement/ledger.ts';
import type { PlacementRequest } from '../../src/placement/types.ts';
import { fleets, options, titled } from './random-fleets.ts';
import { replayMove } from './replay.ts';
import { cell, group, request, settle, smallFleet, tier } from './world.ts';

function subjectsOf(all: Iterable<PlacementRequest>): Map<string, DrainSubject> {
  return new Map([...all].map((one) => [one.tenant, { request: one }]));
}

/** Settles them and returns what a drain has to know of them. */
function inhabit(ledger: Ledger, all: readonly PlacementRequest[]): Map<string, DrainSubject> {
  for (const one of all) settle(ledger, one);
  return subjectsOf(all);
}

const byTenant = (plan: ReturnType<typeof planDrain>) =>
  Object.fromEntries(plan.steps.map((step) => [step.tenant, step]));

describe('planDrain', () => {
  it('says where everybody would go, and leaves the ledger as it is', () => {
    const ledger = smallFleet();
    const subjects = inhabit(
      ledger,
      ['a', 'b', 'c'].map((name) => request(name, { pin: name === 'c' ? ['g11', 'g12'] : [] })),
    );
    const plan = planDrain(ledger, { infraGroup: 'g11' }, subjects);
    expect(plan.counts).toEqual({ move: 3, leave: 0, moving: 0, stuck: 0 });
    expect(byTenant(plan)['c']).toMatchObject({ kind: 'move', from: 'g11', to: 'g12', placement: 'c-0' });
    expect(plan.text).toBe('Infra group g11 holds 3 placements: 3 can move (3 to g12).');
    expect(ledger.site('g11')?.tenants.size).toBe(3);
    expect(ledger.site('g11')?.view.state).toBe('active');
  });

  it('counts them together: two that fit alone but not both are one move and one that is stuck, with what would help', () => {
    const ledger = smallFleet({
      cells: [cell('c1')],
      groups: [group('g11', 'c1'), group('g12', 'c1', { quotas: { rules: 1 } })],
    });
    const plan = planDrain(ledger, { infraGroup: 'g11' }, inhabit(ledger, [request('a'), request('b')]));
    expect(plan.counts).toMatchObject({ move: 1, stuck: 1 });
    expect(byTenant(plan)['b']).toMatchObject({ kind: 'stuck', code: 'Insufficient' });
    expect(plan.fixes).toEqual([
      { text: 'a quota of 2 rules for infra group g12 (now 1, 0 % of it in reserve)', placements: 1 },
    ]);
    expect(plan.text).toContain('1 have nowhere to go: b (Insufficient)');
  });

  it('a tenant whose pin allows only what drains is reported, with the pin to widen', () => {
    const ledger = smallFleet({
      groups: [group('g11', 'c1'), group('g12', 'c1', { state: 'cordoned' }), group('g21', 'c2'), group('g22', 'c2')],
    });
    const subjects = inhabit(ledger, [request('here', { pin: ['g11'] }), request('both', { pin: ['g11', 'g12'] })]);
    const found = byTenant(planDrain(ledger, { infraGroup: 'g11' }, subjects));
    expect(found['here']).toMatchObject({
      kind: 'stuck',
      code: 'NotInPin',
      fix: 'infra group g21 added to the pin of tenant here',
    });
    expect(found['both']).toMatchObject({ kind: 'stuck', fix: 'infra group g12 uncordoned' });
  });

  it('never proposes to uncordon what is to be emptied', () => {
    const ledger = smallFleet({ cells: [cell('c1')], groups: [group('g11', 'c1')] });
    const subjects = inhabit(ledger, [request('a')]);
    for (const scope of [{ infraGroup: 'g11' }, { cell: 'c1' }]) {
      const [step] = planDrain(ledger, scope, subjects).steps;
      expect(step).toMatchObject({ kind: 'stuck', fix: 'one more cell with an infra group in tier standard' });
    }
  });

  it('a cell is emptied into other cells, and a tenant with two placements keeps them apart', () => {
    const cells = [cell('c1'), cell('c2'), cell('c3')];
    const groups = [group('g1', 'c1'), group('g2', 'c2'), group('g3', 'c3')];
    const ledger = smallFleet({ cells, groups });
    const subjects = inhabit(ledger, [
      request('twice', { placements: 2, pin: ['g1', 'g2', 'g3'] }),
      request('three', { placements: 3 }),
    ]);
    const plan = planDrain(ledger, { cell: 'c1' }, subjects);
    expect(byTenant(plan)['twice']).toMatchObject({ kind: 'move', to: 'g3' });
    expect(byTenant(plan)['three']).toMatchObject({ kind: 'stuck', code: 'SpreadConflict' });
  });

  it('orphans stay and are reported; retained tenants just leave; those that move already are left to it', () => {
    const ledger = smallFleet();
    const subjects = inhabit(
      ledger,
      ['orphan', 'retained', 'moving'].map((name) => request(name, { pin: ['g11'] })),
    );
    const add = (name: string, facts: Partial<DrainSubject>): void => {
      const known = subjects.get(name);
      if (known !== undefined) subjects.set(name, { ...known, ...facts });
    };
    add('orphan', { orphan: true });
    add('retained', { retained: true });
    add('moving', { moving: new Set(['moving-0']) });
    const found = byTenant(planDrain(ledger, { infraGroup: 'g11' }, subjects));
    expect(found['orphan']).toMatchObject({ kind: 'stuck', code: 'Orphan' });
    expect(found['retained']).toMatchObject({ kind: 'leave' });
    expect(found['moving']).toMatchObject({ kind: 'moving' });
    subjects.delete('orphan');
    expect(byTenant(planDrain(ledger, { infraGroup: 'g11' }, subjects))['orphan']).toMatchObject({
      code: 'NoAcceptedSpec',
    });
  });

  it('what is leaving already is no part of it', () => {
    const ledger = smallFleet();
    const subjects = inhabit(ledger, [request('a', { pin: ['g11'] })]);
    ledger.revise('a-0', { leaving: true });
    const plan = planDrain(ledger, { infraGroup: 'g11' }, subjects);
    expect(plan.steps).toEqual([]);
    expect(plan.text).toBe('Infra group g11 holds no placement.');
  });

  it('in tier scope nobody moves: all leave while another active group answers, nobody where none does', () => {
    const groups = [group('g11', 'c1'), group('g21', 'c2')];
    const ledger = smallFleet({ tiers: [tier('standard', { scope: 'tier' })], groups });
    const subjects = inhabit(ledger, [request('a', { size: { ownRecords: false } })]);
    const plan = planDrain(ledger, { cell: 'c1' }, subjects);
    expect(plan.steps).toMatchObject([{ kind: 'leave', from: 'g11' }]);
    const alone = smallFleet({
      tiers: [tier('standard', { scope: 'tier' })],
      groups: [group('g11', 'c1')],
    });
    const stuck = planDrain(alone, { cell: 'c1' }, inhabit(alone, [request('a', { size: { ownRecords: false } })]));
    expect(stuck.steps).toMatchObject([{ kind: 'stuck', code: 'RouteClosure' }]);
  });

  it(titled('every step of a plan is allowed when its turn comes, whoever is placed how'), () => {
    fc.assert(
      fc.property(fleets, fc.nat(7), fc.boolean(), (fleet, n, wholeCell) => {
        const site = fleet.ledger.sites()[n % fleet.ledger.sites().length];
        if (site === undefined) return;
        const scope = wholeCell ? { cell: site.cell.view.name } : { infraGroup: site.view.name };
        const inScope = (one: { group: string; cell: string }): boolean =>
          wholeCell ? one.cell === site.cell.view.name : one.group === site.view.name;
        const before = [...fleet.ledger.allReservations()].filter(inScope);
        const plan = planDrain(fleet.ledger, scope, subjectsOf(fleet.requests.values()));
        expect(planDrain(fleet.ledger, scope, subjectsOf(fleet.requests.values()))).toEqual(plan);
        expect(plan.steps.map((step) => step.placement).sort()).toEqual(before.map((one) => one.placement).sort());
        const books = fleet.ledger.copy();
        for (const [index, step] of plan.steps.entries()) {
          const asked = fleet.requests.get(step.tenant);
          if (step.kind !== 'move' || asked === undefined) continue;
          expect(inScope({ group: step.to, cell: step.cell })).toBe(false);
          replayMove(books, asked, step, `moved-${index}`);
        }
        for (const step of plan.steps) if (step.kind === 'stuck') expect(step.text.length).toBeGreaterThan(20);
      }),
      options,
    );
  });
});
