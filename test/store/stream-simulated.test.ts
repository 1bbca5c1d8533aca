import { UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';
import { createDesiredTable, type DesiredTable } from '../../src/store/desired.ts';
import { createStreamReader, type StreamReader } from '../../src/store/stream.ts';
import { createStreamClient } from '../../src/store/stream-client.ts';
import { randomFrom } from './virtual-clock.ts';
import { createInitialisedWorld, desiredTable, lostAnswer, type StoreWorld } from './world.ts';

let world: StoreWorld;
let table: DesiredTable;
let seen: string[];
let gaps: string[];
let abort: AbortController;
const place = { account: '000000000000', region: 'us-east-1', tableName: desiredTable };

beforeEach(async () => {
  world = await createInitialisedWorld();
  table = createDesiredTable(world.dynamo, desiredTable);
  seen = [];
  gaps = [];
  abort = new AbortController();
});

function start(): { reader: StreamReader; running: Promise<void> } {
  const reader = createStreamReader({
    client: createStreamClient(world.access, world.dynamo, desiredTable),
    clock: world.clock,
    random: randomFrom(3),
    onKeys: (keys) => seen.push(...keys.map(({ kind, name }) => `${kind}/${name}`)),
    onGap: (reason) => gaps.push(reason),
  });
  return { reader, running: reader.run(abort.signal) };
}

async function stop(running: Promise<void>): Promise<void> {
  abort.abort(new Error('test over'));
  await world.drive(running);
}

const put = (name: string) => world.drive(table.put({ kind: 'Tenant', name, spec: { tier: 'standard' } }));
const calls = (operation: string) => world.calls().filter((call) => call.operation === operation).length;

describe('the reader on the simulated AWS', () => {
  test('tells of puts, changes and deletes after its start, and of nothing before', async () => {
    await put('before');
    const { reader, running } = start();
    await world.drive(reader.ready);
    await put('acme');
    await world.drive(table.updateSpecField('Tenant', 'acme', 'state', 'suspended'));
    await world.drive(table.delete('Tenant', 'before'));
    await world.clock.advance(3_000);
    expect(new Set(seen)).toEqual(new Set(['Tenant/acme', 'Tenant/before']));
    expect(gaps).toEqual([]);
    await stop(running);
  });

  test('a list read after it is ready and the stream together miss nothing, wherever a write falls', async () => {
    for (const delay of [0, 1, 5, 20, 50, 100]) {
      const { reader, running } = start();
      const writing = world.clock.sleep(delay).then(() => table.put({ kind: 'Tenant', name: `t${delay}`, spec: {} }));
      const listing = reader.ready.then(() => table.list());
      const [records] = await world.drive(Promise.all([listing, writing]));
      await world.clock.advance(3_000);
      expect([...records.map(({ name }) => `Tenant/${name}`), ...seen]).toContain(`Tenant/t${delay}`);
      await stop(running);
      abort = new AbortController();
    }
  });

  test('follows shards as they split and roll over, in order, and loses nothing', async () => {
    const { reader, running } = start();
    await world.drive(reader.ready);
    const names: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      for (let index = 0; index < 3; index += 1) {
        names.push(`Tenant/t${round}-${index}`);
        await put(`t${round}-${index}`);
      }
      world.service.rollShards(place, { split: round === 2 });
      await world.clock.advance(round % 2 === 0 ? 300 : 4_000);
    }
    await world.clock.advance(10_000);
    expect([...new Set(seen)].sort()).toEqual(names.sort());
    expect(gaps).toEqual([]);
    await stop(running);
  });

  test('runs for a day on rolling shards without a gap', async () => {
    const { reader, running } = start();
    await world.drive(reader.ready);
    for (let hour = 0; hour < 25; hour += 1) {
      await put(`t${hour}`);
      // Time passes in one step here and the reader sleeps through it, as on a machine that was suspended for ten minutes.
      await world.clock.advance(5_000);
      world.aws.advance(3_595);
    }
    await world.clock.advance(40_000);
    expect(new Set(seen).size).toBe(25);
    await stop(running);
  });

  test('a stream that was switched off and on is a gap, and is read from then on', async () => {
    const { reader, running } = start();
    await world.drive(reader.ready);
    const update = (StreamEnabled: boolean) =>
      world.drive(
        world.dynamo.sdk.send(
          new UpdateTableCommand({
            TableName: desiredTable,
            StreamSpecification: { StreamEnabled, ...(StreamEnabled ? { StreamViewType: 'KEYS_ONLY' } : {}) },
          }),
        ),
      );
    await update(false);
    await world.clock.advance(45_000);
    await put('missed');
    await update(true);
    await world.clock.advance(60_000);
    expect(gaps.length).toBeGreaterThanOrEqual(1);
    await put('after');
    await world.clock.advance(5_000);
    expect(seen).toContain('Tenant/after');
    await stop(running);
  });

  test('throttles, lost answers and server errors lose nothing', async () => {
    const random = randomFrom(11);
    const { reader, running } = start();
    await world.drive(reader.ready);
    world.aws.faults = {
      before: (call) => (call.service === 'dynamodb-streams' && random() < 0.3 ? { kind: 'throttle' } : undefined),
      after: (call) => (call.service === 'dynamodb-streams' && random() < 0.3 ? lostAnswer : undefined),
    };
    for (let index = 0; index < 20; index += 1) {
      await put(`t${index}`);
      if (index % 7 === 0) world.service.rollShards(place);
      await world.clock.advance(1_000);
    }
    await world.clock.advance(120_000);
    expect(new Set(seen).size).toBe(20);
    await stop(running);
  });

  test('an idle table costs about one read a second and shard', async () => {
    const { reader, running } = start();
    await world.drive(reader.ready);
    world.calls();
    await world.clock.advance(60_000);
    expect(calls('GetRecords')).toBeLessThanOrEqual(61 * 4);
    await stop(running);
  });
});
