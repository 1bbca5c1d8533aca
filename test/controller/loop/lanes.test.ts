import { describe, expect, it } from 'vitest';
import { FleetView } from '../../../src/controller/fleet/view.ts';
import { laneOf } from '../../../src/controller/loop/lanes.ts';
import type { PlacementInventory } from '../../../src/model/resources.ts';
import { QueueBench, settled } from '../queue/fixture.ts';

function put(view: FleetView, name: string, ...placements: readonly (readonly [cell: string, phase: string])[]): void {
  const found = placements.map(
    ([cell, phase], n) => ({ id: `${name}-${n}`, cell, phase }) as unknown as PlacementInventory,
  );
  view.ensure('Tenant', name).inventory = {
    value: { placements: Object.fromEntries(found.map((one) => [one.id, one])) },
    rev: 1,
    epoch: 1,
  };
}

describe('lanes', () => {
  it('are those of the cell, apart for tenants that do not serve yet', () => {
    const view = new FleetView();
    put(view, 'serves', ['c2', 'serving'], ['c1', 'reserved']);
    put(view, 'comes', ['c1', 'reserved']);
    put(view, 'goes', ['c1', 'leaving']);
    put(view, 'waits');
    const lanes = ['serves', 'comes', 'goes', 'waits'].map((name) => laneOf(view, `Tenant/${name}`));
    expect(lanes).toEqual(['cell c1', 'new c1', 'cell c1', 'unplaced ']);
  });

  it('thousands of new tenants keep no change of a serving tenant waiting, however long they take', async () => {
    const view = new FleetView();
    put(view, 'serves', ['c1', 'serving']);
    for (let n = 0; n < 3_000; n++) put(view, `new${n}`, ['c1', 'reserved']);
    const bench = new QueueBench(() => ({ ms: 1_000, outcome: settled }), { laneOf: (key) => laneOf(view, key) });
    for (let n = 0; n < 3_000; n++) bench.queue.add(`Tenant/new${n}`, 'change');
    // Long after all head starts.
    await bench.clock.advance(1_200_000);
    expect(bench.queue.depth).toBeGreaterThan(1_000);
    const asked = bench.clock.monotonic();
    bench.queue.add('Tenant/serves', 'change');
    await bench.clock.advance(2_000);
    expect(bench.starts('Tenant/serves')[0]).toBeLessThanOrEqual(asked + 1_000);
    const stopped = bench.queue.stop();
    await bench.clock.advance(2_000);
    await stopped;
  });
});
