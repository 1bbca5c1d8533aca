import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';
import { AwsError } from '../../src/simulator/kernel.ts';
import { NumberValue } from '../../src/store/attributes.ts';
import { createDesiredTable, type DesiredTable } from '../../src/store/desired.ts';
import { serverFault } from '../support/faults.ts';
import { createInitialisedWorld, desiredTable, lostAnswer, type StoreWorld } from './world.ts';

let world: StoreWorld;
let table: DesiredTable;
beforeEach(async () => {
  world = await createInitialisedWorld();
  table = createDesiredTable(world.dynamo, desiredTable);
});

const put = (name: string, spec: unknown) => world.drive(table.put({ kind: 'Tenant', name, spec }));
const list = () => world.drive(table.list());

describe('the list', () => {
  test('holds every record, over many pages', async () => {
    const filler = 'x'.repeat(300_000);
    const names = Array.from({ length: 12 }, (_, index) => `t${String(index).padStart(2, '0')}`);
    for (const name of names) await put(name, { filler });
    world.calls();
    const records = await list();
    expect(records.map(({ name }) => name).sort()).toEqual(names);
    expect(world.calls().filter(({ operation }) => operation === 'Scan').length).toBeGreaterThanOrEqual(4);
  });

  test('is never a part: a page that fails for good fails it', async () => {
    const filler = 'x'.repeat(300_000);
    for (let index = 0; index < 8; index += 1) await put(`t${index}`, { filler });
    let pages = 0;
    world.aws.faults = {
      before: (call) => {
        if (call.operation !== 'Scan') return undefined;
        pages += 1;
        return pages > 1 ? serverFault('dynamodb') : undefined;
      },
    };
    await expect(list()).rejects.toMatchObject({ class: 'transient', operation: 'Scan' });
    world.aws.faults = {
      before: () => ({ kind: 'error', error: new AwsError('AccessDeniedException', 'no') }),
    };
    await expect(list()).rejects.toMatchObject({ class: 'denied' });
  });

  test('survives throttles and a server error on the way', async () => {
    await put('acme', {});
    world.next('Scan', 'before', { kind: 'throttle' });
    world.next('Scan', 'before', serverFault('dynamodb'));
    world.next('Scan', 'after', lostAnswer);
    expect((await list()).length).toBe(1);
  });

  test('shows odd records as they are, and they harm no other', async () => {
    await put('good', { tier: 'standard' });
    const odd = {
      kind: { S: 'Tenant' },
      name: { S: 'odd' },
      spec: {
        M: {
          cpu: { N: '9007199254740993' },
          zones: { SS: ['a', 'b'] },
          raw: { B: new Uint8Array([1, 2]) },
          nothing: { NULL: true as const },
          deep: { L: [{ M: { ['__proto__']: { S: 'x' } } }] },
        },
      },
      extra: { N: '1' },
    };
    Object.defineProperty(odd.spec.M, '__proto__', { value: { M: { tier: { S: 'gold' } } }, enumerable: true });
    await world.drive(world.dynamo.sdk.send(new PutItemCommand({ TableName: desiredTable, Item: odd })));
    const records = await list();
    expect(records.map(({ name }) => name).sort()).toEqual(['good', 'odd']);
    const found = records.find(({ name }) => name === 'odd');
    const spec = found?.spec as Record<string, unknown>;
    expect(found?.extra).toBe(1);
    expect(spec.cpu).toEqual(new NumberValue('9007199254740993'));
    expect(spec.zones).toEqual(new Set(['a', 'b']));
    expect(spec.raw).toEqual(new Uint8Array([1, 2]));
    expect(spec.nothing).toBeNull();
    expect(Object.keys(spec)).toContain('__proto__');
    expect(spec.tier).toBeUndefined();
    expect({}).not.toHaveProperty('tier');
  });
});

describe('one record', () => {
  test('is read as it was written, and is undefined when it is not there', async () => {
    await put('acme', { tier: 'standard', environment: { A: '' } });
    expect(await world.drive(table.get('Tenant', 'acme'))).toEqual({
      kind: 'Tenant',
      name: 'acme',
      spec: { tier: 'standard', environment: { A: '' } },
    });
    expect(await world.drive(table.get('Tenant', 'nobody'))).toBeUndefined();
  });

  test('with ifAbsent an existing one is not overwritten', async () => {
    const fresh = { kind: 'Fleet', name: 'default', spec: { mode: 'paused' } };
    await world.drive(table.put(fresh, { ifAbsent: true }));
    await expect(world.drive(table.put({ ...fresh, spec: {} }, { ifAbsent: true }))).rejects.toMatchObject({
      class: 'conflict',
    });
    expect((await world.drive(table.get('Fleet', 'default')))?.spec).toEqual({ mode: 'paused' });
  });

  test('delete says whether it was there', async () => {
    await put('acme', {});
    expect(await world.drive(table.delete('Tenant', 'acme'))).toBe(true);
    expect(await world.drive(table.delete('Tenant', 'acme'))).toBe(false);
  });
});

describe('one field of a spec', () => {
  test('is set and taken out again, and the rest stays', async () => {
    await put('acme', { tier: 'standard', service: { cpu: 512 } });
    await world.drive(table.updateSpecField('Tenant', 'acme', 'state', 'suspended'));
    expect((await world.drive(table.get('Tenant', 'acme')))?.spec).toEqual({
      tier: 'standard',
      service: { cpu: 512 },
      state: 'suspended',
    });
    await world.drive(table.updateSpecField('Tenant', 'acme', 'state', undefined));
    expect((await world.drive(table.get('Tenant', 'acme')))?.spec).toEqual({ tier: 'standard', service: { cpu: 512 } });
  });

  test('a record that does not exist is not made by it', async () => {
    await expect(world.drive(table.updateSpecField('Tenant', 'ghost', 'state', 'suspended'))).rejects.toMatchObject({
      class: 'not_found',
      message: expect.stringMatching(/no record Tenant\/ghost in table cellwright-desired: write it first/),
    });
    expect(await list()).toEqual([]);
  });

  test('a record whose spec is no map says so', async () => {
    await put('flat', 'text');
    await expect(world.drive(table.updateSpecField('Tenant', 'flat', 'state', 'suspended'))).rejects.toMatchObject({
      class: 'invalid',
      message: expect.stringMatching(/has no spec that is a map: spec.state cannot be set/),
    });
  });

  test('a lost answer is no failure', async () => {
    await put('acme', { tier: 'standard' });
    world.next('UpdateItem', 'after', lostAnswer);
    await world.drive(table.updateSpecField('Tenant', 'acme', 'mode', 'paused'));
    expect((await world.drive(table.get('Tenant', 'acme')))?.spec).toEqual({ tier: 'standard', mode: 'paused' });
  });
});
