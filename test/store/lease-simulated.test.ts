import { describe, expect, test } from 'vitest';
import { putItem } from '../../src/store/items.ts';
import { leaseKey } from '../../src/store/keys.ts';
import { createLeaderLease, type LeaderLease } from '../../src/store/lease.ts';
import { createLeaseTable } from '../../src/store/lease-item.ts';
import { createStateReader } from '../../src/store/state.ts';
import { createStateWriter } from '../../src/store/state-writer.ts';
import { randomFrom } from './virtual-clock.ts';
import { createInitialisedWorld, lostAnswer, type StoreWorld, stateTable } from './world.ts';

function controller(world: StoreWorld, holder: string): { lease: LeaderLease; errors: string[] } {
  const errors: string[] = [];
  const dynamo = world.another(holder);
  const lease = createLeaderLease(createLeaseTable(dynamo, stateTable), {
    clock: world.clock,
    random: randomFrom(holder.length),
    holder,
    highestEpoch: () => createStateReader(dynamo, stateTable).highestEpoch(),
    onError: (error) => errors.push(`${error.class} ${error.code}`),
  });
  void lease.run();
  return { lease, errors };
}

const leaders = (...leases: LeaderLease[]) => leases.filter((lease) => lease.isLeader()).length;

describe('the lease on the simulated AWS', () => {
  test('one of three leads; after it stops another does within two seconds, with the next epoch', async () => {
    const world = await createInitialisedWorld();
    const all = ['a', 'bb', 'ccc'].map((holder) => controller(world, holder).lease);
    await world.clock.advance(3_000);
    expect(leaders(...all)).toBe(1);
    const first = all.find((lease) => lease.isLeader());
    await world.drive(first?.stop() ?? Promise.reject(new Error('nobody leads')));
    await world.clock.advance(2_000);
    const second = all.find((lease) => lease.isLeader());
    expect(second?.epoch).toBe((first?.epoch ?? 0) + 1);
    await world.drive(Promise.all(all.map((lease) => lease.stop())));
  });

  test('with nothing to do, ten minutes cost 150 renewals and no other write', async () => {
    const world = await createInitialisedWorld();
    const { lease } = controller(world, 'a');
    await world.clock.advance(1_000);
    world.calls();
    await world.clock.advance(600_000);
    const writes = world.calls().filter(({ mutating }) => mutating);
    expect(writes.length).toBeGreaterThanOrEqual(149);
    expect(writes.length).toBeLessThanOrEqual(151);
    expect(new Set(writes.flatMap(({ resources }) => resources))).toEqual(
      new Set([`${stateTable}/Lease/controller/lease`]),
    );
    await world.drive(lease.stop());
  });

  test('a leader cut off from the table stops believing before another begins, and its late writes are refused', async () => {
    const world = await createInitialisedWorld();
    const a = controller(world, 'a');
    await world.clock.advance(1_000);
    const b = controller(world, 'bb');
    await world.clock.advance(5_000);
    const writer = createStateWriter(world.another('a'), stateTable, {
      epoch: a.lease.epoch,
      assertRemaining: () => undefined,
    });
    const status = { phase: 'Ready', generation: 1, observedGeneration: 1, conditions: [] };
    const stored = await world.drive(writer.writeStatus('Tenant/acme', status, undefined));
    world.aws.faults = {
      before: (call) => (call.principal.endsWith('/a') ? lostAnswer : undefined),
    };
    let both = 0;
    await world.clock.advance(40_000, () => {
      both += leaders(a.lease, b.lease) > 1 ? 1 : 0;
    });
    expect([both, a.lease.isLeader(), b.lease.isLeader(), b.lease.epoch]).toEqual([0, false, true, 2]);
    expect(a.errors.length).toBeGreaterThan(0);
    world.aws.faults = undefined;
    const later = createStateWriter(world.another('bb'), stateTable, b.lease);
    await world.drive(later.writeStatus('Tenant/acme', { ...status, generation: 2 }, stored));
    await expect(
      world.drive(writer.writeStatus('Tenant/acme', { ...status, generation: 3 }, stored)),
    ).rejects.toMatchObject({
      class: 'fenced',
    });
    await world.drive(Promise.all([a.lease.stop(), b.lease.stop()]));
  });

  test.each(Array.from({ length: 5 }, (_, index) => index + 1))(
    'time-outs with and without effect never make two leaders (seed %i)',
    async (seed) => {
      const world = await createInitialisedWorld(seed);
      const random = randomFrom(seed);
      let rate = 0.4;
      world.aws.faults = {
        before: () => (random() < rate ? { kind: 'lost', how: 'timeout', afterMs: random() * 3_000 } : undefined),
        after: () => (random() < rate ? { kind: 'lost', how: 'reset', afterMs: random() * 3_000 } : undefined),
      };
      const all = ['a', 'bb', 'ccc'].map((holder) => controller(world, holder).lease);
      const epochs: number[] = [];
      for (const lease of all) lease.onAcquired((epoch) => epochs.push(epoch));
      let both = 0;
      const look = (): void => {
        both += leaders(...all) > 1 ? 1 : 0;
      };
      await world.clock.advance(240_000, look);
      rate = 0;
      await world.clock.advance(40_000, look);
      expect({ seed, both, leading: leaders(...all) }).toEqual({ seed, both: 0, leading: 1 });
      expect(epochs).toEqual([...new Set(epochs)].sort((x, y) => x - y));
      await world.drive(Promise.all(all.map((lease) => lease.stop())));
    },
  );

  test('a damaged lease item is told, and nobody leads', async () => {
    const world = await createInitialisedWorld();
    await world.drive(putItem(world.dynamo, { table: stateTable, item: { ...leaseKey, holder: 7 } }));
    const { lease, errors } = controller(world, 'a');
    await world.clock.advance(30_000);
    expect(lease.isLeader()).toBe(false);
    expect(new Set(errors)).toEqual(new Set(['invalid LeaseItemDamaged']));
    await world.drive(lease.stop());
  });
});
