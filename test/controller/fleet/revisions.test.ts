import { beforeEach, describe, expect, it } from 'vitest';
import { acceptObject } from '../../../src/controller/fleet/acceptor.ts';
import { FleetView } from '../../../src/controller/fleet/view.ts';
import type { AcceptedSpec, ObjectStatus } from '../../../src/model/state.ts';
import type { Stored, StoredObject } from '../../../src/store/state.ts';
import { type PlainRecord, tenant, tier } from '../../support/fleet-plan.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** The acceptor over a state table in memory. */
class Bench {
  readonly clock = new VirtualClock();
  view = new FleetView();
  readonly table = new Map<string, Stored<AcceptedSpec>>();
  writes = 0;
  fails: Error | undefined;

  accept(record: PlainRecord) {
    return this.look(record.kind, record.name, { ...record });
  }

  look(kind: string, name: string, raw: unknown) {
    const writeSpec = (pk: string, spec: AcceptedSpec): Promise<Stored<AcceptedSpec>> => {
      if (this.fails !== undefined) return Promise.reject(this.fails);
      this.writes += 1;
      const stored = { value: spec, rev: (this.table.get(pk)?.rev ?? 0) + 1, epoch: 1 };
      this.table.set(pk, stored);
      return Promise.resolve(stored);
    };
    return acceptObject({ view: this.view, clock: this.clock, state: { writeSpec } }, kind, name, raw);
  }

  /** The tenant has served: from now on it is admitted, and takes nothing by itself. */
  served(name: string): void {
    const entry = this.view.ensure('Tenant', name);
    entry.status = { value: servedStatus, rev: 1, epoch: 1 };
  }

  restart(edit: (spec: AcceptedSpec) => AcceptedSpec = (spec) => spec): void {
    this.view = new FleetView();
    this.view.load(
      [...this.table].map(([pk, spec]): StoredObject => {
        const [kind = '', name = ''] = pk.split('/');
        const edited = { ...spec, value: edit(spec.value) };
        const status = kind === 'Tenant' ? { status: { value: servedStatus, rev: 1, epoch: 1 } } : {};
        return { pk, kind, name, spec: edited, ...status, events: [], damaged: [] };
      }),
    );
  }

  image(name: string): string | undefined {
    return this.view.get('Tenant', name)?.accepted?.effective?.service.image.split(':')[1];
  }

  get rollout() {
    return this.view.get('Tier', 'standard')?.spec?.value.rollout;
  }

  order(name: string, wave: number | 'none' = 1): void {
    const { n = 0, target = '' } = this.rollout ?? {};
    this.view.admissions.order(name, {
      tier: 'standard',
      revision: target,
      rollout: n,
      wave: wave === 'none' ? undefined : wave,
    });
  }
}

const servedStatus: ObjectStatus = { generation: 1, observedGeneration: 1, conditions: [] };
const first = tier('standard');
const withService = (fields: object, more: object = {}): PlainRecord =>
  tier('standard', { service: { ...(first.spec.service as object), ...fields }, ...more });
const image = (tag: string): object => ({ image: `registry.example.com/server:${tag}` });

let bench: Bench;
beforeEach(async () => {
  bench = new Bench();
  await bench.accept(first);
  await bench.accept(tenant('acme', 'standard'));
  bench.served('acme');
});

describe('a new service of the tier', () => {
  it('is kept beside the one before, and changes nothing for a tenant until it is admitted', async () => {
    await bench.accept(withService(image('2')));
    const again = await bench.accept(tenant('acme', 'standard'));
    expect([again?.changed, bench.image('acme')]).toEqual([false, '1.0']);
    expect(Object.keys(bench.rollout?.revisions ?? {})).toHaveLength(2);
    bench.order('acme', 4);
    const admitted = await bench.accept(tenant('acme', 'standard'));
    expect(admitted).toMatchObject({
      changed: true,
      admitted: bench.rollout?.target,
      entry: { accepted: { generation: 2 } },
    });
    expect(bench.image('acme')).toBe('2');
    expect(bench.table.get('Tenant/acme')?.value).toMatchObject({
      tierRevision: bench.rollout?.target,
      admission: { rollout: 1, wave: 4 },
    });
    // Once: the next look follows no order.
    expect((await bench.accept(tenant('acme', 'standard')))?.admitted).toBeUndefined();
  });

  it('does not come with a change of the tenant’s own record, and other fields of the tier come at once', async () => {
    await bench.accept(withService(image('2'), { retentionDays: 5 }));
    await bench.accept(tenant('acme', 'standard', { service: { tasks: 2 } }));
    expect(bench.view.get('Tenant', 'acme')?.accepted?.effective).toMatchObject({
      retentionDays: 5,
      service: { tasks: 2, image: 'registry.example.com/server:1.0' },
    });
  });

  it('is what a new tenant begins with, unless it is halted', async () => {
    await bench.accept(withService(image('2')));
    await bench.accept(tenant('newborn', 'standard'));
    expect(bench.image('newborn')).toBe('2');
    const entry = bench.view.get('Tier', 'standard');
    const spec = entry?.spec;
    if (entry === undefined || spec?.value.rollout === undefined) throw new Error('no tier');
    const rollout = { ...spec.value.rollout, halted: { at: '', why: 'it failed' } };
    entry.spec = { ...spec, value: { ...spec.value, rollout } };
    await bench.accept(tenant('other', 'standard'));
    expect(bench.image('other')).toBe('1.0');
    // One that never served goes back with it.
    await bench.accept(tenant('newborn', 'standard'));
    expect(bench.image('newborn')).toBe('1.0');
  });

  it('is remembered over a restart, whoever is looked at first', async () => {
    await bench.accept(withService(image('2')));
    bench.restart();
    await bench.accept(tenant('acme', 'standard'));
    expect(bench.image('acme')).toBe('1.0');
    expect(bench.view.get('Tenant', 'acme')?.accepted?.generation).toBe(1);
  });

  it('is no new revision where it says the same in other words', async () => {
    await bench.accept(withService({ environment: {}, containerPort: 8080 }));
    expect(bench.rollout?.n).toBe(0);
  });
});

describe('an order', () => {
  it('of a rollout that is over, held or halted is void', async () => {
    await bench.accept(withService(image('2')));
    bench.order('acme');
    await bench.accept(withService(image('3')));
    await bench.accept(tenant('acme', 'standard'));
    expect(bench.image('acme')).toBe('1.0');
    bench.order('acme');
    await bench.accept(withService(image('3'), { rollout: { hold: true } }));
    await bench.accept(tenant('acme', 'standard'));
    expect(bench.image('acme')).toBe('1.0');
    await bench.accept(withService(image('3')));
    await bench.accept(tenant('acme', 'standard'));
    expect(bench.image('acme')).toBe('1.0');
  });

  it('stands until it is known whether it was written', async () => {
    await bench.accept(withService(image('2')));
    bench.order('acme');
    bench.fails = new Error('no answer');
    await expect(bench.accept(tenant('acme', 'standard'))).rejects.toThrow('no answer');
    expect(bench.view.admissions.standing('acme')).toBeDefined();
    bench.fails = undefined;
    await bench.accept(tenant('acme', 'standard'));
    expect(bench.image('acme')).toBe('2');
    expect(bench.view.admissions.standing('acme')).toBeUndefined();
  });

  it('that would make the record invalid changes nothing', async () => {
    await bench.accept(tenant('acme', 'standard', { service: { memoryMiB: 512 } }));
    await bench.accept(withService({ cpu: 1024, memoryMiB: 2048 }));
    bench.order('acme');
    await bench.accept(tenant('acme', 'standard', { service: { memoryMiB: 512 } }));
    expect(bench.view.get('Tenant', 'acme')?.accepted?.effective?.service.cpu).toBe(256);
    expect(bench.view.admissions.orderFor('acme')).toBeUndefined();
  });

  it('brings in order what was refused with the revision before', async () => {
    await bench.accept(withService({ cpu: 1024, memoryMiB: 2048 }));
    const bigger = tenant('acme', 'standard', { service: { memoryMiB: 4096 } });
    expect((await bench.accept(bigger))?.entry.isAccepted).toBe(false);
    expect(bench.view.get('Tenant', 'acme')?.refused?.name).toBe('acme');
    bench.order('acme');
    expect((await bench.accept(bigger))?.entry.isAccepted).toBe(true);
    expect(bench.view.get('Tenant', 'acme')?.refused).toBeUndefined();
  });

  it('without a wave leaves nothing to be watched', async () => {
    await bench.accept(withService(image('2')));
    bench.order('acme', 'none');
    await bench.accept(tenant('acme', 'standard', { state: 'suspended' }));
    expect(bench.table.get('Tenant/acme')?.value).toMatchObject({ tierRevision: bench.rollout?.target });
    expect(bench.table.get('Tenant/acme')?.value.admission).toBeUndefined();
  });
});

describe('a state table of a version without rollouts', () => {
  const older = ({ tierRevision: _r, admission: _a, rollout: _o, ...spec }: AcceptedSpec): AcceptedSpec => spec;

  it('is read as if everybody had what the tier said last: an upgrade changes nothing and starts nothing', async () => {
    bench.restart(older);
    const before = bench.writes;
    await bench.accept(first);
    await bench.accept(tenant('acme', 'standard'));
    expect(bench.rollout).toMatchObject({ n: 0, phase: 'through' });
    expect(bench.view.get('Tenant', 'acme')?.accepted).toMatchObject({
      generation: 1,
      tierRevision: bench.rollout?.target,
    });
    expect(bench.writes - before).toBe(2);
    await bench.accept(first);
    await bench.accept(tenant('acme', 'standard'));
    expect(bench.writes - before).toBe(2);
  });

  it('keeps what was there before a change that comes with the upgrade', async () => {
    bench.restart(older);
    await bench.accept(withService(image('2')));
    await bench.accept(tenant('acme', 'standard'));
    expect(bench.rollout?.n).toBe(1);
    expect(bench.image('acme')).toBe('1.0');
    expect(bench.view.get('Tenant', 'acme')?.accepted?.tierRevision).toBe(bench.rollout?.stable);
  });
});
