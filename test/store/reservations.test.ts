import { beforeEach, describe, expect, test } from 'vitest';
import { CallError } from '../../src/model/errors.ts';
import type { TenantInventory } from '../../src/model/resources.ts';
import { AwsError } from '../../src/simulator/kernel.ts';
import { createReservations, type NewPlacement, type Reservations, slotRestMs } from '../../src/store/reservations.ts';
import { createStateReader, type Stored } from '../../src/store/state.ts';
import { createStateWriter } from '../../src/store/state-writer.ts';
import { randomFrom } from './virtual-clock.ts';
import { createInitialisedWorld, heldFence, lostAnswer, type StoreWorld, stateTable, tokens } from './world.ts';

let world: StoreWorld;
let reservations: Reservations;
beforeEach(async () => {
  world = await createInitialisedWorld();
  reservations = reservationsOf(1, 'a');
});

function reservationsOf(epoch: number, prefix: string, dynamo = world.dynamo): Reservations {
  return createReservations({ dynamo, table: stateTable, fence: heldFence(epoch) }, tokens(prefix));
}

const limits = { group: { slots: 3, rps: 100 }, cell: { vcpu: 4 }, zone: { records: 10 } };

function place(id: string, slot: number, more: Partial<NewPlacement> = {}): NewPlacement {
  return {
    id,
    group: 'g1',
    cell: 'c1',
    zone: 'Z1',
    slot,
    demand: { group: { slots: 1, rps: 12.5 }, cell: { vcpu: 1 }, zone: { records: 1 } },
    limits,
    ...more,
  };
}

/** The inventory's inside is none of the reservations' business, so the tests keep it small. */
function holding(...ids: string[]): TenantInventory {
  return { placements: Object.fromEntries(ids.map((id) => [id, { id } as never])) };
}

function reserve(tenant: string, placements: NewPlacement[], previous?: Stored<TenantInventory>, by = reservations) {
  const inventory = holding(...Object.keys(previous?.value.placements ?? {}), ...placements.map(({ id }) => id));
  return world.drive(by.reserve({ tenant, placements, inventory, previous }));
}

const read = (pk: string) => world.drive(reservations.read(pk));
const inventoryOf = async (tenant: string) =>
  (await world.drive(createStateReader(world.dynamo, stateTable).query(`Tenant/${tenant}`))).inventory;

async function reserved(tenant: string, placements: NewPlacement[], previous?: Stored<TenantInventory>) {
  const result = await reserve(tenant, placements, previous);
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.lost)}`);
  return result.inventory;
}

describe('reserving', () => {
  test('moves group, cell, zone and inventory in one transaction', async () => {
    world.calls();
    const inventory = await reserved('acme', [place('p1', 0)]);
    expect(
      world
        .calls()
        .filter(({ mutating }) => mutating)
        .map(({ operation }) => operation),
    ).toEqual(['TransactWriteItems']);
    expect(await read('InfraGroup/g1')).toEqual({
      slots: { 0: { placement: 'p1', tenant: 'acme', demand: { slots: 1, rps: 12.5 } } },
      used: { slots: 1, rps: 12.5 },
      capacityEpoch: 0,
    });
    expect((await read('Cell/c1')).used).toEqual({ vcpu: 1 });
    expect((await read('Zone/Z1')).used).toEqual({ records: 1 });
    expect(await inventoryOf('acme')).toEqual(inventory);
    expect(await read('InfraGroup/other')).toEqual({ slots: {}, used: {}, capacityEpoch: 0 });
  });

  test('of a slot that somebody holds is lost, with who holds it, and moves nothing', async () => {
    await reserved('acme', [place('p1', 0)]);
    const result = await reserve('other', [place('p2', 0)]);
    expect(result).toMatchObject({
      ok: false,
      lost: { reason: 'slot', item: 'InfraGroup/g1', slot: 0, capacity: { slots: { 0: { placement: 'p1' } } } },
    });
    expect((await read('Cell/c1')).used).toEqual({ vcpu: 1 });
    expect(await inventoryOf('other')).toBeUndefined();
  });

  test('fits to the last unit and no further, in any dimension of any item', async () => {
    for (let slot = 0; slot < 3; slot += 1) await reserved(`t${slot}`, [place(`p${slot}`, slot)]);
    expect(await reserve('more', [place('p3', 3)])).toMatchObject({
      ok: false,
      lost: { reason: 'dimension', item: 'InfraGroup/g1', dimension: 'slots', need: 1, limit: 3 },
    });
    const elsewhere = { group: 'g2', demand: { group: { slots: 1 }, cell: { vcpu: 2 }, zone: { records: 1 } } };
    expect(await reserve('more', [place('p4', 0, elsewhere)])).toMatchObject({
      ok: false,
      lost: {
        reason: 'dimension',
        item: 'Cell/c1',
        dimension: 'vcpu',
        need: 2,
        limit: 4,
        capacity: { used: { vcpu: 3 } },
      },
    });
    await reserved('more', [place('p5', 0, { ...elsewhere, demand: { ...elsewhere.demand, cell: { vcpu: 1 } } })]);
    expect((await read('Cell/c1')).used).toEqual({ vcpu: 4 });
  });

  test('of more than the whole is refused without a call', async () => {
    world.calls();
    const demand = { group: { slots: 1 }, cell: { vcpu: 5 }, zone: {} };
    expect(await reserve('acme', [place('p1', 0, { demand })])).toEqual({
      ok: false,
      lost: { reason: 'dimension', item: 'Cell/c1', dimension: 'vcpu', need: 5, limit: 4 },
    });
    expect(world.calls()).toEqual([]);
  });

  test('without a limit is a fault of the caller, never a permission', async () => {
    const demand = { group: { slots: 1, surprise: 1 }, cell: {}, zone: {} };
    await expect(reserve('acme', [place('p1', 0, { demand })])).rejects.toMatchObject({
      class: 'bug',
      message: 'InfraGroup/g1: no limit was given for dimension surprise, of which more is asked for',
    });
  });

  test('of several placements counts what they share once together, all or none', async () => {
    const two = [place('p1', 0), place('p2', 0, { group: 'g2' })];
    await reserved('acme', two);
    expect((await read('Cell/c1')).used).toEqual({ vcpu: 2 });
    expect((await read('Zone/Z1')).used).toEqual({ records: 2 });
    const three = [place('p3', 1), place('p4', 1, { group: 'g2' }), place('p5', 0, { group: 'g3' })];
    expect(await reserve('big', three)).toMatchObject({ ok: false, lost: { item: 'Cell/c1', need: 3 } });
    expect((await read('InfraGroup/g3')).slots).toEqual({});
    expect((await read('Zone/Z1')).used).toEqual({ records: 2 });
  });

  test('fails when the inventory changed since it was read', async () => {
    const first = await reserved('acme', [place('p1', 0)]);
    await reserved('acme', [place('p2', 1)], first);
    expect(await reserve('acme', [place('p3', 2)], first)).toEqual({
      ok: false,
      lost: { reason: 'inventory', item: 'Tenant/acme' },
    });
    expect((await read('InfraGroup/g1')).used).toMatchObject({ slots: 2 });
  });

  test('fails when the group was cordoned or edited in between', async () => {
    await world.drive(reservations.setCapacityEpoch('InfraGroup/g1', 1));
    expect(await reserve('acme', [place('p1', 0, { capacityEpoch: 0 })])).toMatchObject({
      ok: false,
      lost: { reason: 'capacity-epoch', item: 'InfraGroup/g1', capacity: { capacityEpoch: 1 } },
    });
    await reserved('acme', [place('p1', 0, { capacityEpoch: 1 })]);
    await reserved('other', [place('p2', 0, { group: 'g2', capacityEpoch: 0 })]);
  });

  test('the capacity epoch only rises, and raising it twice is no failure', async () => {
    await world.drive(reservations.setCapacityEpoch('Cell/c1', 5));
    await world.drive(reservations.setCapacityEpoch('Cell/c1', 5));
    await world.drive(reservations.setCapacityEpoch('Cell/c1', 3));
    expect((await read('Cell/c1')).capacityEpoch).toBe(5);
  });

  test('more items than a transaction takes are refused by name', async () => {
    const many = Array.from({ length: 98 }, (_, index) =>
      place(`p${index}`, 0, { group: `g${index}`, demand: { group: { slots: 1 }, cell: {}, zone: {} } }),
    );
    await reserved('wide', many);
    const tooMany = [...many, place('p98', 0, { group: 'g98' }), place('p99', 0, { group: 'g99' })];
    await expect(reserve('wider', tooMany)).rejects.toMatchObject({
      class: 'invalid',
      message: expect.stringMatching(/Tenant\/wider: its placements touch 103 items; one transaction takes 100/),
    });
  });
});

describe('an earlier leader', () => {
  test('cannot reserve where a later one has written', async () => {
    await reserve('new', [place('p1', 0)], undefined, reservationsOf(2, 'b'));
    await expect(reserve('old', [place('p2', 1)])).rejects.toMatchObject({
      class: 'fenced',
      message: expect.stringMatching(/was written by a leader of epoch 2; ours is 1/),
    });
    await expect(world.drive(reservations.setCapacityEpoch('InfraGroup/g1', 9))).rejects.toMatchObject({
      class: 'fenced',
    });
    expect((await read('InfraGroup/g1')).used).toMatchObject({ slots: 1 });
  });
});

describe('lost answers and conflicts', () => {
  test.each(['before', 'after'] as const)('an answer lost %s the effect: reserved exactly once', async (when) => {
    world.next('TransactWriteItems', when, lostAnswer);
    const inventory = await reserved('acme', [place('p1', 0)]);
    expect(inventory.rev).toBe(1);
    expect((await read('InfraGroup/g1')).used).toMatchObject({ slots: 1 });
    expect((await read('Cell/c1')).used).toEqual({ vcpu: 1 });
  });

  test('no answer at all, but an effect: the inventory tells', async () => {
    let sent = 0;
    world.aws.faults = {
      before: (call) => {
        if (call.operation !== 'TransactWriteItems') return undefined;
        sent += 1;
        return sent > 1 ? lostAnswer : undefined;
      },
      after: (call) => (call.operation === 'TransactWriteItems' ? lostAnswer : undefined),
    };
    expect((await reserved('acme', [place('p1', 0)])).rev).toBe(1);
    expect((await read('InfraGroup/g1')).used).toMatchObject({ slots: 1 });
  });

  test('no answer and no effect is an unknown result, and nothing is held', async () => {
    world.aws.faults = { before: (call) => (call.operation === 'TransactWriteItems' ? lostAnswer : undefined) };
    await expect(reserve('acme', [place('p1', 0)])).rejects.toMatchObject({ class: 'unknown_result' });
    expect((await read('InfraGroup/g1')).slots).toEqual({});
  });

  test('another transaction in the way is waited out', async () => {
    const CancellationReasons = [{ Code: 'TransactionConflict' }, { Code: 'None' }, { Code: 'None' }, { Code: 'None' }];
    const conflict = new AwsError('TransactionCanceledException', 'conflict', { fields: { CancellationReasons } });
    for (let count = 0; count < 3; count += 1) {
      world.next('TransactWriteItems', 'before', { kind: 'error', error: conflict });
    }
    await reserved('acme', [place('p1', 0)]);
    expect((await read('InfraGroup/g1')).used).toMatchObject({ slots: 1 });
  });
});

describe('adjusting', () => {
  const before = place('p1', 0).demand;
  const site = { id: 'p1', group: 'g1', cell: 'c1', zone: 'Z1', slot: 0, limits };

  test('reserves the difference, and gives back what is less', async () => {
    const inventory = await reserved('acme', [place('p1', 0)]);
    const demand = { group: { slots: 1, rps: 50 }, cell: { vcpu: 3 }, zone: {} };
    const move = { tenant: 'acme', inventory: holding('p1', 'note'), previous: inventory };
    const grown = await world.drive(reservations.adjust({ ...move, placements: [{ ...site, before, demand }] }));
    expect(grown).toMatchObject({ ok: true });
    const group = await read('InfraGroup/g1');
    expect(group.used).toEqual({ slots: 1, rps: 50 });
    expect(group.slots['0']).toEqual({ placement: 'p1', tenant: 'acme', demand: demand.group });
    expect([(await read('Cell/c1')).used, (await read('Zone/Z1')).used]).toEqual([{ vcpu: 3 }, { records: 0 }]);
  });

  test('that does not fit changes nothing', async () => {
    const inventory = await reserved('acme', [place('p1', 0)]);
    await reserved('other', [place('p2', 1)]);
    const demand = { ...before, cell: { vcpu: 4 } };
    const move = { tenant: 'acme', inventory: holding('p1', 'note'), previous: inventory };
    expect(
      await world.drive(reservations.adjust({ ...move, placements: [{ ...site, before, demand }] })),
    ).toMatchObject({
      ok: false,
      lost: { reason: 'dimension', item: 'Cell/c1', dimension: 'vcpu', need: 3, limit: 4 },
    });
    expect((await read('Cell/c1')).used).toEqual({ vcpu: 2 });
    expect((await inventoryOf('acme'))?.rev).toBe(1);
  });

  test('less always passes, also when the limit was cut below what is used', async () => {
    const inventory = await reserved('acme', [place('p1', 0, { demand: { ...before, cell: { vcpu: 4 } } })]);
    const cut = { ...limits, cell: { vcpu: 1 } };
    const change = {
      ...site,
      limits: cut,
      before: { ...before, cell: { vcpu: 4 } },
      demand: { ...before, cell: { vcpu: 3 } },
    };
    const move = { tenant: 'acme', inventory: holding('p1', 'note'), previous: inventory };
    expect(await world.drive(reservations.adjust({ ...move, placements: [change] }))).toMatchObject({ ok: true });
    expect((await read('Cell/c1')).used).toEqual({ vcpu: 3 });
  });

  test('of a placement that does not hold its slot is lost', async () => {
    await reserved('acme', [place('p1', 0)]);
    const placements = [{ ...site, id: 'p9', before, demand: before }];
    const move = { tenant: 'ghost', inventory: holding('p9'), previous: undefined };
    expect(await world.drive(reservations.adjust({ ...move, placements }))).toMatchObject({
      ok: false,
      lost: { reason: 'placement', item: 'InfraGroup/g1', slot: 0 },
    });
  });
});

describe('releasing', () => {
  const leave = (tenant: string, placements: NewPlacement[], previous: Stored<TenantInventory> | undefined) =>
    world.drive(reservations.release({ tenant, placements, inventory: holding(), previous }));

  test('gives everything back, and the slot rests for a minute', async () => {
    const inventory = await reserved('acme', [place('p1', 0)]);
    expect(await leave('acme', [place('p1', 0)], inventory)).toMatchObject({ ok: true, inventory: { rev: 2 } });
    const group = await read('InfraGroup/g1');
    expect(group.used).toEqual({ slots: 0, rps: 0 });
    expect(group.slots['0']).toEqual({ restingUntil: world.clock.now() + slotRestMs });
    expect([(await read('Cell/c1')).used, (await read('Zone/Z1')).used]).toEqual([{ vcpu: 0 }, { records: 0 }]);
    await world.clock.advance(slotRestMs - 1_000);
    expect(await reserve('next', [place('p2', 0)])).toMatchObject({ ok: false, lost: { reason: 'slot' } });
    await world.clock.advance(1_001);
    await reserved('next', [place('p2', 0)]);
  });

  test('twice does not subtract twice', async () => {
    const inventory = await reserved('acme', [place('p1', 0), place('p2', 0, { group: 'g2' })]);
    await reserved('other', [place('p3', 1)]);
    const first = await leave('acme', [place('p1', 0)], inventory);
    if (!first.ok) throw new Error('refused');
    const second = await leave('acme', [place('p1', 0), place('p2', 0, { group: 'g2' })], first.inventory);
    expect(second).toMatchObject({ ok: true, inventory: { rev: 3 } });
    expect((await read('InfraGroup/g1')).used).toMatchObject({ slots: 1 });
    expect((await read('InfraGroup/g2')).used).toMatchObject({ slots: 0 });
    expect((await read('Cell/c1')).used).toEqual({ vcpu: 1 });
  });

  test('after a lost answer is done once', async () => {
    const inventory = await reserved('acme', [place('p1', 0)]);
    world.next('TransactWriteItems', 'after', lostAnswer);
    expect(await leave('acme', [place('p1', 0)], inventory)).toMatchObject({ ok: true, inventory: { rev: 2 } });
    expect((await read('Cell/c1')).used).toEqual({ vcpu: 0 });
  });

  test('with a stale inventory is lost, and gives nothing back', async () => {
    const inventory = await reserved('acme', [place('p1', 0)]);
    const writer = createStateWriter(world.dynamo, stateTable, heldFence(1));
    await world.drive(writer.writeInventory('Tenant/acme', holding('p1', 'note'), inventory));
    expect(await leave('acme', [place('p1', 0)], inventory)).toMatchObject({
      ok: false,
      lost: { reason: 'inventory' },
    });
    expect((await read('Cell/c1')).used).toEqual({ vcpu: 1 });
  });
});

describe('many at once', () => {
  test('200 tenants for 20 slots: exactly 20 get one', async () => {
    const wide = { group: { slots: 20, rps: 1e6 }, cell: { vcpu: 1e6 }, zone: { records: 1e6 } };
    const second = reservationsOf(1, 'b', world.another('controller-b'));
    const results = await world.drive(
      Promise.all(
        Array.from({ length: 200 }, (_, index) =>
          (index % 2 === 0 ? reservations : second).reserve({
            tenant: `t${index}`,
            placements: [place(`p${index}`, index % 40, { limits: wide })],
            inventory: holding(`p${index}`),
            previous: undefined,
          }),
        ),
      ),
    );
    expect(results.filter(({ ok }) => ok).length).toBe(20);
    const group = await read('InfraGroup/g1');
    expect([group.used.slots, Object.keys(group.slots).length]).toEqual([20, 20]);
  });

  test.each([1, 2, 3, 4, 5, 6])(
    'random moves with faults keep totals equal to what inventories hold (seed %i)',
    async (seed) => {
      const random = randomFrom(seed);
      const pick = (count: number): number => Math.floor(random() * count);
      const held = new Map<string, { stored: Stored<TenantInventory>; placements: NewPlacement[] }>();
      world.aws.faults = {
        before: (call) => (call.operation === 'TransactWriteItems' && random() < 0.15 ? lostAnswer : undefined),
        after: (call) => (call.operation === 'TransactWriteItems' && random() < 0.15 ? lostAnswer : undefined),
      };
      for (let step = 0; step < 60; step += 1) {
        const tenant = `t${pick(8)}`;
        const mine = held.get(tenant);
        const fresh = [place(`${tenant}-${step}`, pick(5), { group: `g${pick(3)}`, cell: `c${pick(2)}` })];
        const move =
          mine === undefined || mine.placements.length === 0
            ? reserve(tenant, fresh, mine?.stored)
            : world.drive(
                reservations.release({
                  tenant,
                  placements: mine.placements,
                  inventory: holding(),
                  previous: mine.stored,
                }),
              );
        // Where no answer came at all, the inventory was read and showed no effect: the tenant stays as it was.
        const result = await move.catch((error: unknown) => {
          if (error instanceof CallError && error.class === 'unknown_result') return { ok: false as const };
          throw error;
        });
        if (result.ok) held.set(tenant, { stored: result.inventory, placements: mine?.placements.length ? [] : fresh });
        if (random() < 0.3) await world.clock.advance(30_000);
      }
      world.aws.faults = undefined;
      const placements = [...held.values()].flatMap((one) => one.placements);
      expect(placements.length, `seed ${seed}`).toBeGreaterThan(0);
      for (const index of [0, 1, 2]) {
        const group = await read(`InfraGroup/g${index}`);
        const inGroup = placements.filter((one) => one.group === `g${index}`);
        expect(group.used.slots ?? 0, `seed ${seed}`).toBe(inGroup.length);
        const slots = Object.values(group.slots).filter((slot) => 'placement' in slot);
        expect(slots.map((slot) => slot.placement).sort()).toEqual(inGroup.map(({ id }) => id).sort());
      }
      expect((await read('Cell/c0')).used.vcpu ?? 0).toBe(placements.filter(({ cell }) => cell === 'c0').length);
      expect((await read('Zone/Z1')).used.records ?? 0).toBe(placements.length);
    },
  );
});
