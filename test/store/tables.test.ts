import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  ListTagsOfResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';
import { readInstallation } from '../../src/store/installation.ts';
import { deleteItem, putItem } from '../../src/store/items.ts';
import { installationKey } from '../../src/store/keys.ts';
import { initTables } from '../../src/store/tables.ts';
import { createStoreWorld, desiredTable, lostAnswer, type StoreWorld, stateTable } from './world.ts';

let world: StoreWorld;
beforeEach(() => {
  world = createStoreWorld();
});

/** What is read of tags trails their changes: these tests are about tables that have come to rest. */
const tagsTrailMs = 5_000;

async function init(options: { installation?: string; desiredTable?: string; stateTable?: string } = {}) {
  await world.clock.advance(tagsTrailMs);
  return world.drive(initTables(world.dynamo, { desiredTable, stateTable, ...options }));
}

async function describeTable(name: string) {
  return (await world.drive(world.dynamo.sdk.send(new DescribeTableCommand({ TableName: name })))).Table;
}

async function tagOf(name: string): Promise<string | undefined> {
  await world.clock.advance(tagsTrailMs);
  const ResourceArn = (await describeTable(name))?.TableArn;
  const { Tags } = await world.drive(world.dynamo.sdk.send(new ListTagsOfResourceCommand({ ResourceArn })));
  return Tags?.find(({ Key }) => Key === 'cellwright:installation')?.Value;
}

async function untag(name: string): Promise<void> {
  const ResourceArn = (await describeTable(name))?.TableArn;
  const TagKeys = ['cellwright:installation'];
  await world.drive(world.dynamo.sdk.send(new UntagResourceCommand({ ResourceArn, TagKeys })));
}

async function retag(name: string, Value: string): Promise<void> {
  const ResourceArn = (await describeTable(name))?.TableArn;
  const Tags = [{ Key: 'cellwright:installation', Value }];
  await world.drive(world.dynamo.sdk.send(new TagResourceCommand({ ResourceArn, Tags })));
}

const forget = () => world.drive(deleteItem(world.dynamo, { table: stateTable, key: { ...installationKey } }));
const fill = () => world.drive(putItem(world.dynamo, { table: stateTable, item: { pk: 'Tenant/acme', sk: 'spec' } }));

describe('init on nothing', () => {
  test('makes both tables, active, with keys, stream and one id in three places', async () => {
    const result = await init();
    expect(result).toMatchObject({ created: [desiredTable, stateTable], warnings: [] });
    const desired = await describeTable(desiredTable);
    expect(desired).toMatchObject({
      TableStatus: 'ACTIVE',
      KeySchema: [
        { AttributeName: 'kind', KeyType: 'HASH' },
        { AttributeName: 'name', KeyType: 'RANGE' },
      ],
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
    });
    const state = await describeTable(stateTable);
    expect(state?.KeySchema?.map(({ AttributeName }) => AttributeName)).toEqual(['pk', 'sk']);
    expect(state?.StreamSpecification?.StreamEnabled ?? false).toBe(false);
    expect([await tagOf(desiredTable), await tagOf(stateTable)]).toEqual([result.installation, result.installation]);
    expect(await world.drive(readInstallation(world.dynamo, stateTable))).toBe(result.installation);
  });

  test('run again it changes nothing', async () => {
    const first = await init();
    world.calls();
    expect(await init()).toEqual({ ...first, created: [] });
    expect(world.calls().filter(({ mutating }) => mutating)).toEqual([]);
  });

  test('two at the same time agree on one id', async () => {
    const [a, b] = await world.drive(
      Promise.all([
        initTables(world.dynamo, { desiredTable, stateTable }),
        initTables(world.another('b'), { desiredTable, stateTable }),
      ]),
    );
    expect(a.installation).toBe(b.installation);
    expect([...a.created, ...b.created].sort()).toEqual([desiredTable, stateTable]);
  });

  test('two at the same time that were given different ids: one wins, the other is told', async () => {
    const results = await world.drive(
      Promise.allSettled([
        initTables(world.dynamo, { desiredTable, stateTable, installation: 'first' }),
        initTables(world.another('b'), { desiredTable, stateTable, installation: 'second' }),
      ]),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const won = results.find((result) => result.status === 'fulfilled')?.value.installation;
    const told = results.find((result) => result.status === 'rejected')?.reason;
    expect(String(told)).toMatch(/these belong to different installations/);
    expect([await tagOf(desiredTable), await tagOf(stateTable)]).toEqual([won, won]);
  });

  test('takes the id that it is given, and refuses one that cannot be', async () => {
    expect((await init({ installation: 'mine' })).installation).toBe('mine');
    await expect(init({ installation: 'No Good' })).rejects.toThrow(/cannot be an installation id/);
  });

  test('lost answers on the way do not stop it', async () => {
    world.next('CreateTable', 'after', lostAnswer);
    world.next('PutItem', 'after', lostAnswer);
    world.next('TagResource', 'after', lostAnswer);
    const { installation } = await init();
    expect(await world.drive(readInstallation(world.dynamo, stateTable))).toBe(installation);
    expect([await tagOf(desiredTable), await tagOf(stateTable)]).toEqual([installation, installation]);
  });
});

describe('init on what is left', () => {
  test('the id comes back from a tag when the item is gone, and from the item when the tags are', async () => {
    const { installation } = await init();
    await forget();
    await untag(stateTable);
    await fill();
    expect((await init()).installation).toBe(installation);
    expect(await tagOf(stateTable)).toBe(installation);
    await untag(stateTable);
    await untag(desiredTable);
    expect((await init()).installation).toBe(installation);
    expect([await tagOf(desiredTable), await tagOf(stateTable)]).toEqual([installation, installation]);
  });

  test('a new state table belongs to the installation of the desired table', async () => {
    const { installation } = await init();
    await world.drive(world.dynamo.sdk.send(new DeleteTableCommand({ TableName: stateTable })));
    await world.clock.advance(60_000);
    expect(await init()).toMatchObject({ installation, created: [stateTable] });
  });

  test('a new desired table belongs to the installation of the state table', async () => {
    const { installation } = await init();
    expect(await init({ desiredTable: 'second-desired' })).toMatchObject({ installation, created: ['second-desired'] });
    expect(await tagOf('second-desired')).toBe(installation);
  });

  test('a state table of another installation is refused, and nothing is made or written', async () => {
    await init({ installation: 'first' });
    await init({ installation: 'second', desiredTable: 'other-desired', stateTable: 'other-state' });
    world.calls();
    await expect(init({ stateTable: 'other-state' })).rejects.toThrow(/different installations.*"second".*"first"/);
    await expect(init({ installation: 'third' })).rejects.toThrow(/--installation says "third"/);
    await expect(init({ installation: 'third', desiredTable: 'fresh' })).rejects.toThrow(/--installation says "third"/);
    expect(world.calls().filter(({ mutating }) => mutating)).toEqual([]);
  });

  test('tags that differ from the item are refused', async () => {
    await init({ installation: 'first' });
    await retag(desiredTable, 'second');
    await expect(init()).rejects.toThrow(/tag of the desired table cellwright-desired says "second"/);
  });

  test('a state table in use that lost its id everywhere needs the id', async () => {
    const { installation } = await init();
    await fill();
    await forget();
    await untag(stateTable);
    await untag(desiredTable);
    await expect(init()).rejects.toThrow(/run "cellwright init --installation ID"/);
    expect((await init({ installation })).installation).toBe(installation);
  });

  test('a table with other keys is refused, before the other one is made', async () => {
    await world.drive(
      world.dynamo.sdk.send(
        new CreateTableCommand({
          TableName: stateTable,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        }),
      ),
    );
    await world.clock.advance(60_000);
    await expect(init()).rejects.toThrow(/exists with the keys id \(HASH\); expected pk \(HASH\), sk \(RANGE\)/);
    await expect(describeTable(desiredTable)).rejects.toThrow();
    await expect(init({ desiredTable: 'same', stateTable: 'same' })).rejects.toThrow(/must be two tables/);
  });

  test('a desired table without a stream is left alone, with a warning that says what to do', async () => {
    await world.drive(
      world.dynamo.sdk.send(
        new CreateTableCommand({
          TableName: desiredTable,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [
            { AttributeName: 'kind', AttributeType: 'S' },
            { AttributeName: 'name', AttributeType: 'S' },
          ],
          KeySchema: [
            { AttributeName: 'kind', KeyType: 'HASH' },
            { AttributeName: 'name', KeyType: 'RANGE' },
          ],
        }),
      ),
    );
    const { created, warnings } = await init();
    expect(created).toEqual([stateTable]);
    expect(warnings).toEqual([expect.stringContaining('aws dynamodb update-table --table-name cellwright-desired')]);
  });

  test('a table that is not there is said to be missing', async () => {
    await expect(world.drive(readInstallation(world.dynamo, stateTable))).rejects.toMatchObject({ class: 'not_found' });
  });
});
