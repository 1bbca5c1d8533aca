import { beforeEach, describe, expect, test } from 'vitest';
import type { TenantInventory } from '../../src/model/resources.ts';
import type { ObjectStatus } from '../../src/model/state.ts';
import { eventLifetimeMs, keptEvents } from '../../src/store/events.ts';
import { putItem } from '../../src/store/items.ts';
import { createStateReader, type StateReader } from '../../src/store/state.ts';
import { createStateWriter } from '../../src/store/state-writer.ts';
import { serverFault } from '../support/faults.ts';
import { createInitialisedWorld, heldFence, lostAnswer, type StoreWorld, stateTable } from './world.ts';

let world: StoreWorld;
let reader: StateReader;
beforeEach(async () => {
  world = await createInitialisedWorld();
  reader = createStateReader(world.dynamo, stateTable);
});

const pk = 'Tenant/acme';
const status = (generation: number): ObjectStatus => ({
  phase: 'Ready',
  generation,
  observedGeneration: generation,
  conditions: [],
});
const writerOf = (epoch: number) => createStateWriter(world.dynamo, stateTable, heldFence(epoch));
const query = (key = pk) => world.drive(reader.query(key));
const mutations = () => world.calls().filter(({ mutating }) => mutating).length;
const emptyInventory: TenantInventory = { placements: {} };

function inventory(...ids: string[]): TenantInventory {
  const placement = (id: string) => ({
    id,
    tier: 'standard',
    cell: 'cell-1',
    infraGroup: 'group-1',
    slot: 0,
    phase: 'reserved' as const,
    demand: { group: {}, cell: {}, zone: {} },
    why: 'test',
    reservedAt: '2026-01-01T00:00:00Z',
    resources: {},
    retired: [],
  });
  return { placements: Object.fromEntries(ids.map((id) => [id, placement(id)])) };
}

describe('values', () => {
  test('are read as they were written, with revision and epoch', async () => {
    const writer = writerOf(3);
    const spec = { generation: 1, hash: 'h', spec: { tier: 'standard' }, acceptedAt: '2026-01-01T00:00:00Z' };
    const written = await world.drive(writer.writeSpec(pk, spec, undefined));
    await world.drive(writer.writeStatus(pk, status(1), undefined));
    await world.drive(writer.writeInventory(pk, inventory('p1'), undefined));
    const found = await query();
    expect(written).toEqual({ value: spec, rev: 1, epoch: 3 });
    expect(found).toMatchObject({ kind: 'Tenant', name: 'acme', damaged: [], events: [] });
    expect(found.spec).toEqual(written);
    expect(found.status?.value).toEqual(status(1));
    expect(found.inventory?.value).toEqual(inventory('p1'));
    expect(await query('Tenant/nobody')).toMatchObject({ kind: 'Tenant', name: 'nobody', events: [], damaged: [] });
  });

  test('an unchanged value writes nothing, whatever the order of its members', async () => {
    const writer = writerOf(1);
    const first = await world.drive(writer.writeStatus(pk, status(1), undefined));
    world.calls();
    const { conditions, ...rest } = status(1);
    const again = await world.drive(writer.writeStatus(pk, { conditions, endpoint: undefined, ...rest }, first));
    expect(again).toBe(first);
    expect(mutations()).toBe(0);
    const second = await world.drive(writer.writeStatus(pk, status(2), first));
    expect(second.rev).toBe(2);
    expect(mutations()).toBe(1);
  });

  test('a value that changed since it was read is not overwritten', async () => {
    const writer = writerOf(1);
    const first = await world.drive(writer.writeStatus(pk, status(1), undefined));
    await world.drive(writer.writeStatus(pk, status(2), first));
    await expect(world.drive(writer.writeStatus(pk, status(3), first))).rejects.toMatchObject({
      class: 'conflict',
      message: 'status of Tenant/acme changed since it was read: found revision 2, expected revision 1',
    });
    await expect(world.drive(writer.writeStatus(pk, status(3), undefined))).rejects.toMatchObject({
      class: 'conflict',
    });
    expect((await query()).status?.value).toEqual(status(2));
  });

  test('a leader of an earlier epoch cannot overwrite a later one, the later one can', async () => {
    const old = writerOf(1);
    const first = await world.drive(old.writeStatus(pk, status(1), undefined));
    const second = await world.drive(writerOf(2).writeStatus(pk, status(2), first));
    await expect(world.drive(old.writeStatus(pk, status(3), first))).rejects.toMatchObject({
      class: 'fenced',
      message: 'status of Tenant/acme was written by a leader of epoch 2; ours is 1',
    });
    // Even with the newest revision in hand.
    await expect(world.drive(old.writeStatus(pk, status(3), second))).rejects.toMatchObject({ class: 'fenced' });
    await expect(
      world.drive(old.appendEvent(pk, { type: 'Normal', reason: 'X', message: 'x' })),
    ).resolves.toBeUndefined();
    expect((await query()).status).toEqual(second);
  });

  test('nothing is sent once the lease is gone', async () => {
    const fence = heldFence(1);
    const writer = createStateWriter(world.dynamo, stateTable, fence);
    fence.lose();
    await expect(world.drive(writer.writeStatus(pk, status(1), undefined))).rejects.toMatchObject({ class: 'fenced' });
    await expect(
      world.drive(writer.appendEvent(pk, { type: 'Normal', reason: 'X', message: 'x' })),
    ).rejects.toMatchObject({ class: 'fenced' });
    expect(mutations()).toBe(0);
  });

  test.each(['before', 'after'] as const)('a lost answer (%s the effect) is resolved by reading', async (when) => {
    const writer = writerOf(1);
    const first = await world.drive(writer.writeStatus(pk, status(1), undefined));
    world.next('PutItem', when, lostAnswer);
    const second = await world.drive(writer.writeStatus(pk, status(2), first));
    expect(second).toMatchObject({ rev: 2, value: status(2) });
    expect((await query()).status).toEqual(second);
    world.next('PutItem', when, serverFault('dynamodb'));
    expect((await world.drive(writer.writeInventory(pk, emptyInventory, undefined))).rev).toBe(1);
  });

  test('an inventory beyond the size of an item is refused with its size', async () => {
    const many = inventory(...Array.from({ length: 1_500 }, (_, index) => `p${index}`.padEnd(200, 'x')));
    await expect(world.drive(writerOf(1).writeInventory(pk, many, undefined))).rejects.toMatchObject({
      class: 'invalid',
      code: 'ItemTooLarge',
      message: expect.stringMatching(/inventory of Tenant\/acme is \d+ bytes; DynamoDB takes at most 409600/),
    });
    expect(mutations()).toBe(0);
  });
});

describe('everything', () => {
  test('is loaded by object, without history unless it is asked for', async () => {
    const writer = writerOf(1);
    for (let index = 0; index < 60; index += 1) {
      await world.drive(writer.writeStatus(`Tenant/t${index}`, status(index), undefined));
    }
    await world.drive(writer.appendEvent('Tenant/t7', { type: 'Normal', reason: 'Placed', message: 'in g' }));
    const all = await world.drive(reader.loadAll());
    expect([...all.keys()].filter((key) => key.startsWith('Tenant/')).length).toBe(60);
    expect(all.get('Tenant/t7')).toMatchObject({ events: [], status: { value: status(7) } });
    const withEvents = await world.drive(reader.loadAll({ events: true }));
    expect(withEvents.get('Tenant/t7')?.events).toMatchObject([{ reason: 'Placed', count: 1 }]);
  });

  test('is never a part', async () => {
    await world.drive(writerOf(1).writeStatus(pk, status(1), undefined));
    let scans = 0;
    world.aws.faults = {
      before: (call) => {
        scans += call.operation === 'Scan' ? 1 : 0;
        return scans > 2 ? serverFault('dynamodb') : undefined;
      },
    };
    await expect(world.drive(reader.loadAll())).rejects.toMatchObject({ class: 'transient' });
  });

  test('an item that cannot be read is said to be damaged, and only its object suffers', async () => {
    await world.drive(writerOf(1).writeStatus('Tenant/good', status(1), undefined));
    await world.drive(putItem(world.dynamo, { table: stateTable, item: { pk, sk: 'inventory', value: 'junk' } }));
    const all = await world.drive(reader.loadAll());
    expect(all.get(pk)).toMatchObject({ damaged: ['inventory'] });
    expect(all.get(pk)?.inventory).toBeUndefined();
    expect(all.get('Tenant/good')?.damaged).toEqual([]);
  });

  test('the highest epoch is that of any item', async () => {
    expect(await world.drive(reader.highestEpoch())).toBe(0);
    await world.drive(writerOf(4).writeStatus('Tenant/a', status(1), undefined));
    await world.drive(writerOf(9).appendEvent('Tenant/b', { type: 'Normal', reason: 'X', message: 'x' }));
    await world.drive(writerOf(5).writeStatus('Tenant/c', status(1), undefined));
    expect(await world.drive(reader.highestEpoch())).toBe(9);
  });
});

describe('history', () => {
  const append = (message: string) =>
    world.drive(writerOf(1).appendEvent(pk, { type: 'Normal', reason: 'Healed', message }));

  test('repeats are folded into a count, in a row only', async () => {
    await append('a');
    await world.clock.advance(1_000);
    await append('a');
    await append('b');
    await append('a');
    const { events } = await query();
    expect(events.map(({ message, count }) => [message, count])).toEqual([
      ['a', 2],
      ['b', 1],
      ['a', 1],
    ]);
    expect(events[0]?.at).toBe(new Date(world.clock.now()).toISOString());
  });

  test('keeps the newest, in order, also within one millisecond', async () => {
    for (let index = 0; index < keptEvents + 15; index += 1) await append(`event ${index}`);
    const messages = (await query()).events.map(({ message }) => message);
    expect(messages).toEqual(Array.from({ length: keptEvents }, (_, index) => `event ${index + 15}`));
  });

  test('expires after a week', async () => {
    await append('old');
    await world.clock.advance(eventLifetimeMs - 1_000);
    await append('new');
    expect((await query()).events.length).toBe(2);
    await world.clock.advance(2_000);
    expect((await query()).events.map(({ message }) => message)).toEqual(['new']);
  });

  test("a later leader's entry is not counted up by an earlier one", async () => {
    await world.drive(writerOf(2).appendEvent(pk, { type: 'Normal', reason: 'Healed', message: 'a' }));
    await expect(append('a')).rejects.toMatchObject({ class: 'fenced' });
    expect((await query()).events).toMatchObject([{ count: 1 }]);
  });
});

describe('forgetting an object', () => {
  test('takes all of it and nothing else', async () => {
    const writer = writerOf(1);
    for (const name of ['acme', 'acme2']) {
      await world.drive(writer.writeStatus(`Tenant/${name}`, status(1), undefined));
      await world.drive(writer.writeInventory(`Tenant/${name}`, emptyInventory, undefined));
      await world.drive(writer.appendEvent(`Tenant/${name}`, { type: 'Normal', reason: 'X', message: 'x' }));
    }
    await world.drive(writer.remove(pk));
    const all = await world.drive(reader.loadAll({ events: true }));
    expect(all.has(pk)).toBe(false);
    expect(all.get('Tenant/acme2')).toMatchObject({
      status: { rev: 1 },
      inventory: { rev: 1 },
      events: [{ count: 1 }],
    });
  });

  test('is refused while the inventory names placements, and by an earlier leader', async () => {
    await world.drive(writerOf(2).writeInventory(pk, inventory('p1'), undefined));
    await expect(world.drive(writerOf(2).remove(pk))).rejects.toMatchObject({
      class: 'invalid',
      message: expect.stringMatching(/its inventory still names p1/),
    });
    await world.drive(writerOf(2).writeInventory('Tenant/b', emptyInventory, undefined));
    await expect(world.drive(writerOf(1).remove('Tenant/b'))).rejects.toMatchObject({ class: 'fenced' });
    expect((await query()).inventory?.rev).toBe(1);
    expect((await query('Tenant/b')).inventory?.rev).toBe(1);
  });
});
