import { beforeEach, describe, expect, it } from 'vitest';
import { acceptObject } from '../../../src/controller/fleet/acceptor.ts';
import { servingSpec } from '../../../src/controller/fleet/entry.ts';
import { FleetView } from '../../../src/controller/fleet/view.ts';
import type { AcceptedSpec } from '../../../src/model/state.ts';
import type { Stored, StoredObject } from '../../../src/store/state.ts';
import { cell, group, type PlainRecord, tenant, tier } from '../../support/fleet-plan.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** The acceptor over a state table in memory that counts what is written. */
class Bench {
  readonly clock = new VirtualClock();
  readonly writes: { pk: string; spec: AcceptedSpec }[] = [];
  view = new FleetView();
  readonly #table = new Map<string, Stored<AcceptedSpec>>();

  accept(record: PlainRecord) {
    return this.look(record.kind, record.name, { ...record });
  }

  look(kind: string, name: string, raw: unknown) {
    const writeSpec = (pk: string, spec: AcceptedSpec): Promise<Stored<AcceptedSpec>> => {
      this.writes.push({ pk, spec });
      const stored = { value: spec, rev: (this.#table.get(pk)?.rev ?? 0) + 1, epoch: 1 };
      this.#table.set(pk, stored);
      return Promise.resolve(stored);
    };
    return acceptObject({ view: this.view, clock: this.clock, state: { writeSpec } }, kind, name, raw);
  }

  /** A new controller: it knows what the table holds and nothing else. */
  restart(): void {
    this.view = new FleetView();
    const objects = [...this.#table].map(([pk, spec]): StoredObject => {
      const [kind = '', name = ''] = pk.split('/');
      return { pk, kind, name, spec, events: [], damaged: [] };
    });
    this.view.load(objects);
  }
}

const one = cell('one', 'standard', 1);
let bench: Bench;

beforeEach(async () => {
  bench = new Bench();
  for (const record of [tier('standard'), one, group('g1', one)]) await bench.accept(record);
  bench.writes.length = 0;
});

describe('a record that is accepted', () => {
  it('is kept durably with generation 1, once', async () => {
    const first = await bench.accept(tenant('acme', 'standard'));
    expect(first).toMatchObject({ changed: true, entry: { present: true, isAccepted: true } });
    expect(bench.writes).toMatchObject([{ pk: 'Tenant/acme', spec: { generation: 1 } }]);
    const again = await bench.accept(tenant('acme', 'standard'));
    expect(again?.changed).toBe(false);
    expect(bench.writes).toHaveLength(1);
  });

  it('counts generations by the effective spec: what only repeats the tier’s default is no change', async () => {
    await bench.accept(tenant('acme', 'standard'));
    await bench.accept(tenant('acme', 'standard', { service: { cpu: 256 } }));
    expect(bench.view.get('Tenant', 'acme')?.accepted?.generation).toBe(1);
    await bench.accept(tenant('acme', 'standard', { service: { cpu: 512, memoryMiB: 1024 } }));
    expect(bench.view.get('Tenant', 'acme')?.accepted?.generation).toBe(2);
  });

  it('leaves what runs as it was until its place is decided', async () => {
    await bench.accept(tenant('acme', 'standard'));
    await bench.accept(tenant('acme', 'standard', { service: { cpu: 512, memoryMiB: 1024 } }));
    const entry = bench.view.get('Tenant', 'acme');
    expect(entry?.accepted?.effective?.service.cpu).toBe(512);
    expect(entry === undefined ? undefined : servingSpec(entry)?.service.cpu).toBe(256);
    await bench.accept(tenant('acme', 'standard', { service: { cpu: 1024, memoryMiB: 2048 } }));
    expect(entry === undefined ? undefined : servingSpec(entry)?.service.cpu).toBe(256);
  });
});

describe('a record that is refused', () => {
  it('keeps the last good spec in force, writes nothing and says what is wrong', async () => {
    await bench.accept(tenant('acme', 'standard'));
    const refused = await bench.look('Tenant', 'acme', {
      kind: 'Tenant',
      name: 'acme',
      spec: { tier: 'standard', placements: 'two' },
    });
    expect(refused?.changed).toBe(false);
    expect(refused?.entry).toMatchObject({
      isAccepted: false,
      accepted: { generation: 1 },
      condition: { status: 'False', reason: 'Invalid' },
    });
    expect(refused?.entry.condition?.message).toContain('generation 1');
    expect(refused?.entry.problems).toMatchObject([{ field: 'spec.placements' }]);
    expect(bench.writes).toHaveLength(1);
  });

  it('is known without a spec when nothing was ever accepted, and nothing is written of it', async () => {
    const refused = await bench.accept(tenant('lost', 'no-such-tier'));
    expect(refused?.entry).toMatchObject({ accepted: undefined, condition: { reason: 'UnknownReference' } });
    expect(bench.writes).toEqual([]);
    await bench.accept(tier('no-such-tier'));
    expect((await bench.accept(tenant('lost', 'no-such-tier')))?.entry.isAccepted).toBe(true);
  });

  it.each([
    ['Tenent', 'acme'],
    ['Tenant', 'Acme'],
    ['Tenant', 'a--b'],
    ['tenant', 'acme'],
    ['__proto__', 'acme'],
    ['Tenant', 'constructor '],
    ['Ten/ant', 'acme'],
  ])('is listed among the refused when %j/%j can be no object at all', async (kind, name) => {
    expect(await bench.look(kind, name, { kind, name, spec: { tier: 'standard' } })).toBeUndefined();
    expect([...bench.view.refused.values()]).toHaveLength(1);
    expect(bench.writes).toEqual([]);
    expect(await bench.look(kind, name, undefined)).toBeUndefined();
    expect(bench.view.refused.size).toBe(0);
  });

  it('takes nothing from the first that claimed it, and is accepted when that one lets go', async () => {
    await bench.accept(group('g2', one, { listenerArn: group('g2', one).spec.listenerArn }));
    const thief = group('g3', one, {
      loadBalancerArn: group('g1', one).spec.loadBalancerArn,
      listenerArn: group('g1', one).spec.listenerArn,
    });
    const refused = await bench.accept(thief);
    expect(refused?.entry.condition).toMatchObject({ reason: 'Conflict' });
    expect(bench.view.get('InfraGroup', 'g1')?.isAccepted).toBe(true);
    const first = bench.view.get('InfraGroup', 'g1');
    if (first !== undefined) bench.view.forget(first);
    expect((await bench.accept(thief))?.entry.isAccepted).toBe(true);
  });

  it('holds its claims over a restart, whatever is looked at first', async () => {
    bench.restart();
    const thief = group('g0', one, {
      loadBalancerArn: group('g1', one).spec.loadBalancerArn,
      listenerArn: group('g1', one).spec.listenerArn,
    });
    expect((await bench.accept(thief))?.entry.condition).toMatchObject({ reason: 'Conflict' });
    expect((await bench.accept(group('g1', one)))?.entry.isAccepted).toBe(true);
  });
});

describe('a record that vanished', () => {
  it('stays in force, is marked once and durably, and comes back as a change', async () => {
    await bench.accept(tenant('acme', 'standard'));
    bench.writes.length = 0;
    const gone = await bench.look('Tenant', 'acme', undefined);
    expect(gone).toMatchObject({ changed: true, entry: { present: false, accepted: { generation: 1 } } });
    expect(bench.writes).toMatchObject([{ spec: { vanishedAt: '2026-01-01T00:00:00.000Z', generation: 1 } }]);
    expect((await bench.look('Tenant', 'acme', undefined))?.changed).toBe(false);
    bench.restart();
    expect((await bench.look('Tenant', 'acme', undefined))?.changed).toBe(false);
    expect(bench.writes).toHaveLength(1);
    const back = await bench.accept(tenant('acme', 'standard'));
    expect(back).toMatchObject({ changed: true, entry: { present: true, accepted: { generation: 1 } } });
    expect(bench.writes[1]?.spec.vanishedAt).toBeUndefined();
  });

  it('is nothing at all when it was never known', async () => {
    expect(await bench.look('Tenant', 'nobody', undefined)).toBeUndefined();
    expect(bench.view.count('Tenant')).toBe(0);
    expect(bench.writes).toEqual([]);
  });
});
