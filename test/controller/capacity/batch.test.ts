import { describe, expect, it } from 'vitest';
import { BatchPlanner, type FirstPlacement } from '../../../src/controller/capacity/batch.ts';
import type { ObjectEntry } from '../../../src/controller/fleet/entry.ts';
import { FleetView } from '../../../src/controller/fleet/view.ts';
import type { EffectiveTenant } from '../../../src/model/records/effective.ts';
import { reservationFor } from '../../../src/placement/decide.ts';
import type { Ledger } from '../../../src/placement/ledger.ts';
import type { PlacementRequest } from '../../../src/placement/types.ts';
import { group, request, smallFleet, tier } from '../../placement/world.ts';

/** A planner over a view, with a clock that is set by hand. */
class Bench {
  now = 0;
  readonly view = new FleetView();
  readonly planner: BatchPlanner;

  constructor(fields: { readonly atLeast?: number; readonly atMost?: number } = {}) {
    const requestOf = (tenant: string): PlacementRequest => request(tenant);
    this.planner = new BatchPlanner({
      view: this.view,
      clock: { now: () => this.now },
      requestOf,
      atLeast: 3,
      ...fields,
    });
  }

  accept(name: string, acceptedAt = '2026-11-28T00:00:00Z', state = 'active'): ObjectEntry {
    const entry = this.view.ensure('Tenant', name);
    entry.present = true;
    entry.isAccepted = true;
    const effective = { tier: 'standard', state } as unknown as EffectiveTenant;
    const record = { kind: 'Tenant', name, spec: {} } as never;
    entry.accepted = { generation: 1, hash: 'h', record, effective };
    entry.spec = { value: { generation: 1, hash: 'h', spec: {}, acceptedAt }, rev: 1, epoch: 1 };
    return entry;
  }

  ask(name: string, ledger: Ledger): FirstPlacement {
    return this.planner.first(request(name), ledger);
  }
}

function carryOut(ledger: Ledger, name: string, found: FirstPlacement): void {
  if (found.kind !== 'planned') throw new Error(`${name} was not planned`);
  for (const choice of found.choices) ledger.reserve(reservationFor(request(name), choice, `${name}-0`));
}

/** All ask, wait and ask again. */
function gather(bench: Bench, names: readonly string[], ledger: Ledger): void {
  for (const name of names) bench.accept(name);
  for (const name of names) bench.ask(name, ledger);
  bench.now += 1_000;
}

const names = ['a', 'b', 'c', 'd', 'e'];

describe('BatchPlanner', () => {
  it('lets a few be decided singly, at once', () => {
    const bench = new Bench();
    const ledger = smallFleet();
    for (const name of ['a', 'b']) bench.accept(name);
    expect(bench.ask('a', ledger)).toEqual({ kind: 'single' });
    expect(bench.ask('b', ledger)).toEqual({ kind: 'single' });
    // Hours later another two: that is no crowd.
    bench.now += 3_600_000;
    for (const name of ['c', 'd']) expect(bench.ask(name, ledger)).toEqual({ kind: 'single' });
  });

  it('asks a crowd to wait, once, and plans it together', () => {
    const bench = new Bench();
    const ledger = smallFleet();
    for (const name of names) bench.accept(name);
    expect(names.map((name) => bench.ask(name, ledger).kind)).toEqual(['single', 'single', 'wait', 'wait', 'wait']);
    bench.now += 200;
    expect(bench.ask('c', ledger).kind).toBe('wait');
    bench.now += 800;
    for (const name of names) {
      const found = bench.ask(name, ledger);
      expect(found.kind).toBe('planned');
      carryOut(ledger, name, found);
    }
    expect([...ledger.allReservations()]).toHaveLength(5);
  });

  it('forgets nobody who waits, however many ask again and whenever they do', () => {
    const bench = new Bench();
    const ledger = smallFleet();
    const crowd = Array.from({ length: 60 }, (_, index) => `t${index}`);
    for (const name of crowd) bench.accept(name);
    // They come over more time than one waits, and each asks again a little later than it was told to: a queue is never on time.
    const due = new Map(crowd.map((name, index) => [name, index * 40]));
    while (due.size > 0 && bench.now < 10_000) {
      bench.now += 1;
      for (const [name, at] of due) {
        if (at > bench.now) continue;
        const found = bench.ask(name, ledger);
        if (found.kind === 'wait') due.set(name, bench.now + found.forMs + 9);
        else due.delete(name);
      }
    }
    expect([...due.keys()]).toEqual([]);
    expect(bench.now).toBeLessThan(4_000);
  });

  it('plans in order of acceptance where room is short', () => {
    const bench = new Bench({ atMost: 2 });
    const ledger = smallFleet();
    for (const name of names) bench.accept(name, `2026-11-28T00:00:0${9 - names.indexOf(name)}Z`);
    for (const name of names) bench.ask(name, ledger);
    bench.now += 1_000;
    // Two to a plan: those who were accepted first are e and d. Whoever asks first has the plan made, and waits for the next.
    expect(bench.ask('a', ledger).kind).not.toBe('planned');
    expect(bench.ask('e', ledger).kind).toBe('planned');
    expect(bench.ask('d', ledger).kind).toBe('planned');
  });

  it('leaves out who has a placement, is deleted, or is not accepted as it stands', () => {
    const bench = new Bench();
    const ledger = smallFleet();
    gather(bench, names, ledger);
    bench.accept('d', undefined, 'deleted');
    bench.accept('e').isAccepted = false;
    // Three are left.
    for (const name of ['a', 'b', 'c']) carryOut(ledger, name, bench.ask(name, ledger));
    expect(bench.ask('d', ledger).kind).toBe('single');
    expect(bench.ask('e', ledger).kind).toBe('single');
  });

  it('drops its plan when the books are built anew', () => {
    const bench = new Bench();
    const ledger = smallFleet();
    gather(bench, names, ledger);
    expect(bench.ask('c', ledger).kind).toBe('planned');
    // The only infra group that is left in the new books: what was planned is not what is said now.
    const anew = smallFleet({ groups: [group('g99', 'c1')] });
    const found = bench.ask('a', anew);
    expect(found).toMatchObject({ kind: 'planned', choices: [{ group: 'g99' }] });
  });

  it('makes the next plan only when those of the last one have come for their choices', () => {
    const bench = new Bench({ atMost: 3 });
    const ledger = smallFleet();
    const crowd = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    gather(bench, crowd, ledger);
    const first = bench.ask('a', ledger);
    expect(first.kind).toBe('planned');
    carryOut(ledger, 'a', first);
    expect(bench.ask('g', ledger).kind).toBe('wait');
    for (const name of ['b', 'c']) carryOut(ledger, name, bench.ask(name, ledger));
    const next = bench.ask('d', ledger);
    expect(next.kind).toBe('planned');
    // One that those before it keep waiting for too long is decided by itself.
    expect(bench.ask('g', ledger).kind).toBe('wait');
    bench.now += 10_000;
    expect(bench.ask('g', ledger).kind).toBe('single');
  });

  it('a choice that no longer fits is decided singly', () => {
    const bench = new Bench();
    const ledger = smallFleet();
    gather(bench, names, ledger);
    expect(bench.ask('c', ledger).kind).toBe('planned');
    // Somebody took all the room meanwhile.
    let n = 0;
    for (const site of ledger.sites()) {
      for (
        let slot = site.slots.lowestFree();
        n < 400 && slot !== undefined && slot < 100;
        slot = site.slots.lowestFree()
      ) {
        const demand = {
          group: { targetGroups: 1, rules: 1, targets: 0, subnetAddresses: 0, rps: 0 },
          cell: { fargateVcpu: 0, targetGroups: 0, networkInterfaces: 0, clusters: 0 },
          zone: { records: 0 },
        };
        const base = { tenant: `other${n}`, tier: 'standard', isolation: 'shared' as const, demand, slot };
        ledger.reserve({ ...base, placement: `other${(n += 1)}`, cell: site.cell.view.name, group: site.view.name });
      }
    }
    expect(bench.ask('d', ledger)).toEqual({ kind: 'single' });
  });

  it('has nothing to say in tier scope', () => {
    const bench = new Bench({ atLeast: 1 });
    const ledger = smallFleet({ tiers: [tier('standard', { scope: 'tier' })] });
    bench.accept('a');
    expect(bench.ask('a', ledger)).toEqual({ kind: 'single' });
  });
});
