import { beforeEach, describe, expect, test } from 'vitest';
import type { ObjectStatus } from '../../src/model/state.ts';
import { putItem } from '../../src/store/items.ts';
import { desiredTable, stateTable } from '../store/world.ts';
import { acceptedSpec, condition, createDesk, type Desk, readyStatus, settleTenant, tierSpec } from './harness.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await createDesk();
});

const put = (kind: string, name: string, spec: unknown): Promise<void> =>
  desk.drive(desk.desired.put({ kind, name, spec }));
const rowOf = (out: string, name: string): string => out.split('\n').find((line) => line.startsWith(`${name} `)) ?? '';
interface Printed {
  readonly kind: string;
  readonly name: string;
  readonly spec: unknown;
  readonly status: ObjectStatus;
}
const items = (out: string): readonly Printed[] => (JSON.parse(out) as { items: Printed[] }).items;

describe('get', () => {
  test('shows a settled tenant in stable columns', async () => {
    await settleTenant(desk, 'acme');
    const run = await desk.cli('get tenants');
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toBe(
      'NAME   PHASE   READY   SYNCED   CELLS   AGE   MESSAGE\nacme   Ready   True    True     eu-1    60m\n',
    );
  });

  test('JSON is what the contract says: items with kind, name, spec and status', async () => {
    const accepted = await settleTenant(desk, 'acme');
    const [only, ...rest] = items((await desk.cli('get tenant -o json')).out);
    expect(rest).toEqual([]);
    expect(Object.keys(only ?? {})).toEqual(['kind', 'name', 'spec', 'status']);
    expect(only).toEqual({ kind: 'Tenant', name: 'acme', spec: { tier: 'standard' }, status: readyStatus(accepted) });
    const one = await desk.cli('get tenant acme -o json');
    expect(JSON.parse(one.out)).toEqual(only);
  });

  test.each(['tenant', 'tenants', 'Tenant', 'TENANTS'])('takes %s for the kind', async (word) => {
    await settleTenant(desk, 'acme');
    expect((await desk.cli(`get ${word} acme`)).code).toBe(0);
  });

  test('a record that no controller has looked at is Pending', async () => {
    await put('Tier', 'standard', tierSpec);
    await put('Tenant', 'acme', { tier: 'standard' });
    expect(rowOf((await desk.cli('get tenants')).out, 'acme')).toMatch(/^acme +Pending +- +- +- +-$/);
  });

  test('a record newer than its status is Pending again, and so is one whose tier is newer', async () => {
    await settleTenant(desk, 'acme');
    await settleTenant(desk, 'beta');
    await put('Tenant', 'acme', { tier: 'standard', service: { tasks: 3 } });
    const first = await desk.cli('get tenants -o json');
    expect(items(first.out).map(({ name, status }) => [name, status.phase])).toEqual([
      ['acme', 'Pending'],
      ['beta', 'Ready'],
    ]);
    await put('Tier', 'standard', { ...tierSpec, retentionDays: 3 });
    expect(rowOf((await desk.cli('get tenants')).out, 'beta')).toMatch(/^beta +Pending/);
    expect(rowOf((await desk.cli('get tenant beta')).out, 'beta')).toMatch(/^beta +Pending/);
  });

  test('a change that asks for nothing else leaves the phase alone', async () => {
    await settleTenant(desk, 'acme');
    await put('Tenant', 'acme', { tier: 'standard', ring: 2, mode: 'observe', state: 'active' });
    expect(rowOf((await desk.cli('get tenants')).out, 'acme')).toMatch(/^acme +Ready/);
  });

  test('a tenant whose record vanished is still listed, as Orphaned, with its last accepted spec', async () => {
    const accepted = await settleTenant(desk, 'acme');
    await desk.drive(desk.desired.delete('Tenant', 'acme'));
    const [only] = items((await desk.cli('get tenants -o json')).out);
    expect(only).toMatchObject({ name: 'acme', spec: accepted.spec, status: { phase: 'Orphaned' } });
  });

  test('says why a tenant is not ready', async () => {
    const accepted = acceptedSpec('Tenant', 'acme', { tier: 'standard' });
    await put('Tier', 'standard', tierSpec);
    await put('Tenant', 'acme', { tier: 'standard' });
    const conditions = [
      condition('Accepted', 'True', 'Valid'),
      condition('Ready', 'False', 'Insufficient', 'Placed: no room'),
    ];
    await desk.drive(desk.writer.writeSpec('Tenant/acme', accepted, undefined));
    await desk.drive(
      desk.writer.writeStatus('Tenant/acme', { ...readyStatus(accepted), phase: 'Unplaceable', conditions }, undefined),
    );
    expect(rowOf((await desk.cli('get tenants')).out, 'acme')).toMatch(
      /Unplaceable +False .*Insufficient: Placed: no room$/,
    );
  });

  test('shows what is reserved in groups and cells', async () => {
    await put('InfraGroup', 'eu-1-a', { cell: 'eu-1', state: 'cordoned' });
    await put('Cell', 'eu-1', { tier: 'standard' });
    const group = {
      pk: 'InfraGroup/eu-1-a',
      sk: 'capacity',
      'used:rules': 2,
      'slot:0': { placement: 'p1', tenant: 'acme', demand: {} },
      'slot:1': { restingUntil: 1 },
    };
    const cell = { pk: 'Cell/eu-1', sk: 'capacity', 'used:fargateVcpu': 1536 };
    for (const item of [group, cell]) await desk.drive(putItem(desk.world.dynamo, { table: stateTable, item }));
    expect(rowOf((await desk.cli('get infra-groups')).out, 'eu-1-a')).toMatch(
      /^eu-1-a +eu-1 +cordoned +active +- +1 +rules=2$/,
    );
    expect(rowOf((await desk.cli('get cells')).out, 'eu-1')).toMatch(/fargateVcpu=1\.5$/);
  });

  test('prints whatever DynamoDB holds as JSON, and survives names that mean something to JavaScript', async () => {
    const odd = JSON.parse('{"__proto__": {"x": 1}, "constructor": "y"}') as object;
    const item = {
      kind: 'Tenant',
      name: 'odd',
      spec: { ...odd, set: new Set(['a']), bytes: new Uint8Array([1]), none: null },
    };
    Object.defineProperty(item.spec, '__proto__', { value: 1, enumerable: true });
    await desk.drive(putItem(desk.world.dynamo, { table: desiredTable, item }));
    const [only] = items((await desk.cli('get tenants -o json')).out);
    expect(only?.spec).toMatchObject({ set: ['a'], bytes: 'AQ==', none: null, constructor: 'y' });
    expect(only?.status.phase).toBe('Invalid');
    expect(Object.keys(only?.spec ?? {})).toContain('__proto__');
  });

  test('a name that is not there is 2, and an empty list 0', async () => {
    const missing = await desk.cli('get tenant nobody');
    expect(missing).toMatchObject({ code: 2, out: '' });
    expect(missing.err).toBe(
      'error: there is no tenant nobody\n  why: neither the desired table nor the state table has Tenant/nobody\n  do:  list what there is: cellwright get tenants\n',
    );
    const empty = await desk.cli('get cells -o json');
    expect(empty).toMatchObject({ code: 0, out: '{\n  "items": []\n}\n' });
  });

  test('watches: everything first, then only what changes, until it is interrupted', async () => {
    await settleTenant(desk, 'acme');
    await settleTenant(desk, 'beta');
    const run = desk.begin('get tenants --watch');
    await desk.until(() => run.out().includes('beta'), 'the first table');
    expect(run.out().trimEnd().split('\n')).toHaveLength(3);
    await put('Tenant', 'beta', { tier: 'standard', state: 'suspended' });
    await desk.until(() => run.out().includes('Pending'), 'the change');
    expect(run.out().trimEnd().split('\n').slice(3)).toEqual([expect.stringMatching(/^beta +Pending/)]);
    run.interrupt();
    expect(await desk.drive(run.done)).toMatchObject({ code: 130, err: '' });
  });

  test('watches as one JSON object a line', async () => {
    await settleTenant(desk, 'acme');
    const run = desk.begin('get tenant acme -w -o json');
    await desk.until(() => run.out().includes('\n'), 'the first object');
    expect(JSON.parse(run.out())).toMatchObject({ name: 'acme', status: { phase: 'Ready' } });
    run.interrupt();
    await desk.drive(run.done);
  });
});

describe('get invalid', () => {
  const invalid = async (): Promise<readonly Record<string, string>[]> => {
    const run = await desk.cli('get invalid -o json');
    expect(run.code).toBe(0);
    return (JSON.parse(run.out) as { items: Record<string, string>[] }).items;
  };

  test('is empty where all is well', async () => {
    await settleTenant(desk, 'acme');
    expect(await invalid()).toEqual([]);
    expect((await desk.cli('get invalid')).err).toBe('all 2 records are valid\n');
  });

  test('lists items of any kind and name, escaped, with what was found and expected', async () => {
    await put('Tier', 'standard', tierSpec);
    await put('Tenat', 'typo', {});
    await put('Tenant', 'Bad\u202eName', { tier: 'standard' });
    await put('Tenant', 'small', { tier: 'standard', service: { cpu: 100, environment: { A: 1 } } });
    const listed = await invalid();
    expect(listed.map(({ kind, name, field, found }) => [kind, name, field, found])).toEqual([
      ['Tenant', 'Bad\\u{202e}Name', 'name', 'Bad\\u{202e}Name'],
      ['Tenant', 'small', 'spec.service.cpu', '100'],
      ['Tenant', 'small', 'spec.service.environment.A', 'number'],
      ['Tenat', 'typo', 'kind', 'Tenat'],
    ]);
    expect(listed.every(({ expected }) => expected !== '')).toBe(true);
    const table = await desk.cli('get invalid');
    expect(table.out).toMatch(/^KIND +NAME +FIELD +FOUND +EXPECTED\n/);
    expect(table.out).not.toContain('\u202e');
  });

  test('finds what is wrong only together: references, merges and names that are taken', async () => {
    await settleTenant(desk, 'acme');
    await put('Tier', 'second', { ...tierSpec, domain: 'acme.standard.example.com' });
    await put('Tenant', 'lost', { tier: 'nowhere' });
    await put('Tenant', 'odd', { tier: 'standard', service: { cpu: 256, memoryMiB: 30720 } });
    await put('Tier', 'standard', { ...tierSpec, domain: 'moved.example.com' });
    const listed = await invalid();
    expect(listed.map(({ kind, name, field }) => `${kind}/${name} ${field}`)).toEqual([
      'Tenant/lost spec.tier',
      'Tenant/odd spec.service.memoryMiB',
      'Tier/second spec.domain',
      'Tier/standard spec.domain',
    ]);
  });
});
