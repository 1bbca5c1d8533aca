import { beforeEach, describe, expect, test } from 'vitest';
import type { TenantInventory } from '../../src/model/resources.ts';
import { createReservations } from '../../src/store/reservations.ts';
import { createRestoring, type HeldPlacement, type Restoring } from '../../src/store/restoring.ts';
import type { Stored } from '../../src/store/state.ts';
import { createInitialisedWorld, heldFence, type StoreWorld, stateTable, tokens } from './world.ts';

let world: StoreWorld;
let restoring: Restoring;
beforeEach(async () => {
  world = await createInitialisedWorld();
  restoring = restoringOf(1);
});

const at = (epoch: number) => ({ dynamo: world.dynamo, table: stateTable, fence: heldFence(epoch) });
const restoringOf = (epoch: number) => createRestoring(at(epoch), tokens(`r${epoch}`));
const read = (pk: string) => world.drive(createReservations(at(1), tokens('x')).read(pk));

const demand = { group: { rules: 1 }, cell: { clusters: 1 }, zone: { records: 2 } };

function place(id: string, slot: number): HeldPlacement {
  return { id, group: 'g1', cell: 'c1', zone: 'Z1', slot, demand };
}

function holding(...ids: string[]): TenantInventory {
  return { placements: Object.fromEntries(ids.map((id) => [id, { id } as never])) };
}

function restore(
  tenant: string,
  change: { add?: HeldPlacement[]; drop?: HeldPlacement[]; ids: string[]; previous?: Stored<TenantInventory> },
  by = restoring,
) {
  const { add = [], drop = [], ids, previous } = change;
  return world.drive(by.restore({ tenant, inventory: holding(...ids), previous, add, drop }));
}

describe('restoring', () => {
  test('counts what is live, whatever the books have room for, and a slot that is held already only once', async () => {
    const first = await restore('acme', { add: [place('p1', 4)], ids: ['p1'] });
    expect(first.rev).toBe(1);
    const held = { placement: 'p1', tenant: 'acme', demand: { rules: 1 } };
    expect(await read('InfraGroup/g1')).toMatchObject({ used: { rules: 1 }, slots: { 4: held } });
    // The inventory alone was lost: slots and totals know the placement still.
    const again = await restore('acme', { add: [place('p1', 4), place('p2', 5)], ids: ['p1', 'p2'], previous: first });
    expect(again.rev).toBe(2);
    expect((await read('InfraGroup/g1')).used).toEqual({ rules: 2 });
    expect((await read('Cell/c1')).used).toEqual({ clusters: 2 });
    expect((await read('Zone/Z1')).used).toEqual({ records: 4 });
  });

  test('takes a slot over from a placement that is gone, in either order', async () => {
    const old = await restore('old', { add: [place('gone', 0)], ids: ['gone'] });
    await restore('young', { add: [place('new', 0)], ids: ['new'] });
    await restore('old', { drop: [place('gone', 0)], ids: [], previous: old });
    expect((await read('InfraGroup/g1')).slots).toMatchObject({ 0: { placement: 'new', tenant: 'young' } });
    // What the slot no longer tells is put right by a count.
    const slots = new Map([[0, { placement: 'new', tenant: 'young', demand: { rules: 1 } }]]);
    expect(await world.drive(restoring.recount('InfraGroup/g1', { used: { rules: 1 }, slots }))).toBe(true);
    expect(await read('InfraGroup/g1')).toMatchObject({ used: { rules: 1 } });
  });

  test('writes nothing over an inventory that changed, nor over a later leader', async () => {
    await restore('acme', { add: [place('p1', 0)], ids: ['p1'] });
    const refused = async (work: Promise<unknown>) =>
      (await work.catch((error: unknown) => error)) as { class?: string };
    expect(await refused(restore('acme', { add: [place('p2', 1)], ids: ['p2'] }))).toMatchObject({ class: 'conflict' });
    const later = restoringOf(7);
    await restore('bolt', { add: [place('p3', 2)], ids: ['p3'] }, later);
    expect(await refused(restore('crane', { add: [place('p4', 3)], ids: ['p4'] }))).toMatchObject({
      class: 'conflict',
    });
    expect((await read('InfraGroup/g1')).used).toEqual({ rules: 2 });
  });
});

describe('a count', () => {
  test('frees slots that name nobody, names those that are held, and writes nothing where all is right', async () => {
    await restore('acme', { add: [place('p1', 0), place('p2', 1)], ids: ['p1', 'p2'] });
    const slots = new Map([[3, { placement: 'p2', tenant: 'acme', demand: { rules: 1 } }]]);
    const expected = { used: { rules: 1 }, slots };
    expect(await world.drive(restoring.recount('InfraGroup/g1', expected))).toBe(true);
    const item = await read('InfraGroup/g1');
    expect(item.used).toEqual({ rules: 1 });
    expect(item.slots).toEqual({ 0: { restingUntil: 0 }, 1: { restingUntil: 0 }, 3: slots.get(3) });
    world.calls();
    expect(await world.drive(restoring.recount('InfraGroup/g1', expected))).toBe(true);
    expect(world.calls().filter(({ mutating }) => mutating)).toEqual([]);
  });
});
