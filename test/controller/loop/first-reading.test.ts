import { describe, expect, it } from 'vitest';
import { FleetView } from '../../../src/controller/fleet/view.ts';
import { FirstReading } from '../../../src/controller/loop/first-reading.ts';
import type { InfraRunDeps } from '../../../src/controller/loop/run-deps.ts';
import { stateKnown } from '../../../src/model/conditions.ts';
import type { StoredObject } from '../../../src/store/state.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** Two cells; `quick` is read in a tenth of a second, `slow` in a minute. One tenant has a place, one has none. */
function stage(options: { readonly readsWithinMs?: number; readonly known?: 'True' | 'False' } = {}) {
  const clock = new VirtualClock();
  const view = new FleetView();
  const stop = new AbortController();
  const woken: string[] = [];
  view.load([
    cell('quick', undefined),
    cell('slow', options.known),
    tenant('placed', { p1: { id: 'p1', cell: 'quick' } }),
    tenant('waiting', {}),
  ]);
  const runs = {
    view,
    term: { clock, readsWithinMs: options.readsWithinMs, setCallShare: () => undefined },
    infra: {
      behind: { recall: () => undefined },
      readCell: (name: string) => clock.sleep(name === 'slow' ? 60_000 : 100),
      readZone: () => Promise.resolve(),
    },
    enqueue: (key: string) => woken.push(key),
  } as unknown as InfraRunDeps;
  return { clock, stop, woken, first: new FirstReading(runs, stop.signal) };
}

function cell(name: string, known: 'True' | 'False' | undefined): StoredObject {
  const conditions = known === undefined ? [] : [{ type: stateKnown, status: known }];
  return stored('Cell', name, { status: { value: { conditions }, rev: 1, epoch: 1 } });
}

function tenant(name: string, placements: object): StoredObject {
  return stored('Tenant', name, { inventory: { value: { placements }, rev: 1, epoch: 1 } });
}

function stored(kind: string, name: string, parts: object): StoredObject {
  const spec = { value: { generation: 1, hash: '', spec: { tier: 't', cell: name } }, rev: 1, epoch: 1 };
  return { pk: `${kind}/${name}`, kind, name, spec, events: [], damaged: [], ...parts } as unknown as StoredObject;
}

/** When `what` was done, by the clock; undefined while it is not. */
function when(clock: VirtualClock, what: Promise<void>): { at: number | undefined } {
  const found: { at: number | undefined } = { at: undefined };
  void what.then(() => {
    found.at = clock.monotonic();
  });
  return found;
}

describe('the first reading of a term', () => {
  it('takes as long as it takes where nobody was watched', async () => {
    const { clock, first } = stage();
    const began = clock.monotonic();
    const read = when(clock, first.read());
    await clock.advance(59_000);
    expect(read.at).toBeUndefined();
    await clock.advance(2_000);
    expect(read.at).toBe(began + 60_000);
  });

  it('lets work begin without a cell that is late, and wakes those whom the cell concerns when it has been read', async () => {
    const { clock, first, woken } = stage({ readsWithinMs: 2_500 });
    const began = clock.monotonic();
    const read = when(clock, first.read());
    await clock.advance(3_000);
    expect(read.at).toBe(began + 2_500);
    expect(woken).toEqual([]);
    await clock.advance(60_000);
    expect(woken).toEqual(['Tenant/waiting']);
  });

  it('holds back who has no place yet, and what is said of tier and fleet, until every cell was read', async () => {
    const { clock, first } = stage({ readsWithinMs: 2_500 });
    const began = clock.monotonic();
    void first.read();
    await clock.advance(3_000);
    const keys = [
      'Tenant/placed',
      'Cell/slow',
      'InfraGroup/g',
      'Tenant/waiting',
      'Tenant/new',
      'Tier/t',
      'Fleet/default',
    ];
    const waits = keys.map((key) => when(clock, first.before(key)));
    await clock.advance(1_000);
    expect(waits.map(({ at }) => at !== undefined)).toEqual([true, true, true, false, false, false, false]);
    await clock.advance(60_000);
    expect(waits.slice(3).map(({ at }) => at)).toEqual([1, 2, 3, 4].map(() => began + 60_000));
    const later = when(clock, first.before('Fleet/default'));
    await clock.advance(1);
    expect(later.at).toBeDefined();
  });

  it('holds nobody any more once the term ends', async () => {
    const { clock, first, stop } = stage({ readsWithinMs: 2_500 });
    void first.read();
    await clock.advance(3_000);
    const held = when(clock, first.before('Fleet/default'));
    stop.abort();
    await clock.advance(10);
    expect(held.at).toBeDefined();
  });

  it('waits for all cells where the leader before knew that the table lacks placements', async () => {
    for (const [known, ms] of [
      ['False', 60_000],
      ['True', 2_500],
    ] as const) {
      const { clock, first } = stage({ readsWithinMs: 2_500, known });
      const began = clock.monotonic();
      const read = when(clock, first.read());
      await clock.advance(61_000);
      expect(read.at).toBe(began + ms);
    }
  });
});
