import { beforeEach, describe, expect, test } from 'vitest';
import { createDesk, type Desk, settleTenant } from './harness.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await createDesk();
});

const specOf = async (kind: string, name: string): Promise<unknown> =>
  (await desk.drive(desk.desired.get(kind, name)))?.spec;

describe('a state', () => {
  test.each([
    ['suspend tenant acme', 'suspended'],
    ['suspend acme', 'suspended'],
    ['offboard tenant acme --yes', 'deleted'],
  ])('%s changes one field and leaves the rest', async (line, state) => {
    await settleTenant(desk, 'acme', { tier: 'standard', expectedRps: 3 });
    const run = await desk.cli(line);
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toContain(`~ tenant acme: spec.state: active -> ${state}`);
    expect(await specOf('Tenant', 'acme')).toEqual({ tier: 'standard', expectedRps: 3, state });
    const back = await desk.cli('resume tenant acme');
    expect(back.out).toContain(`spec.state: ${state} -> active`);
    expect(await specOf('Tenant', 'acme')).toEqual({ tier: 'standard', expectedRps: 3, state: 'active' });
  });

  test('done already is said, and writes nothing', async () => {
    await settleTenant(desk, 'acme');
    desk.world.calls();
    const run = await desk.cli('resume tenant acme -o json');
    expect(JSON.parse(run.out)).toEqual({
      kind: 'Tenant',
      name: 'acme',
      field: 'spec.state',
      before: 'active',
      after: 'active',
      changed: false,
    });
    expect(desk.world.calls().filter(({ mutating }) => mutating)).toEqual([]);
  });

  test('offboard without a terminal wants --yes', async () => {
    await settleTenant(desk, 'acme');
    const run = await desk.cli('offboard tenant acme', { stdin: 'y\n' });
    expect(run.code).toBe(2);
    expect(run.err).toContain('do:  cellwright offboard tenant acme --yes');
    expect(await specOf('Tenant', 'acme')).toEqual({ tier: 'standard' });
  });

  test.each([
    ['y\n', 0, { tier: 'standard', state: 'deleted' }],
    ['YES\n', 0, { tier: 'standard', state: 'deleted' }],
    ['n\n', 1, { tier: 'standard' }],
    ['', 1, { tier: 'standard' }],
    ['yesterday\n', 1, { tier: 'standard' }],
  ])('offboard asks on a terminal; %j is %i', async (stdin, code, spec) => {
    await settleTenant(desk, 'acme');
    const run = await desk.cli('offboard tenant acme', { stdin, terminal: true });
    expect(run.code).toBe(code);
    expect(run.err).toContain('Offboard tenant acme?');
    expect(await specOf('Tenant', 'acme')).toEqual(spec);
  });

  test('warns where the record is invalid, as nothing follows from it then', async () => {
    await desk.drive(desk.desired.put({ kind: 'Tenant', name: 'acme', spec: { tier: 'standard', bogus: 1 } }));
    const run = await desk.cli('suspend tenant acme');
    expect(run.code).toBe(0);
    expect(run.err).toMatch(/^warning: the record is not valid.*spec\.bogus/);
  });

  test.each([
    'suspend tenant nobody',
    'offboard tenant nobody --yes',
    'suspend cell eu-1',
    'pause tenant nobody',
    'pause tenant',
  ])('%s is 2', async (line) => {
    const run = await desk.cli(line);
    expect(run.code).toBe(2);
    expect(run.out).toBe('');
  });
});

describe('a mode', () => {
  test('is changed on any kind', async () => {
    await settleTenant(desk, 'acme');
    expect((await desk.cli('pause tier standard')).out).toContain('~ tier standard: spec.mode: active -> paused');
    expect(await specOf('Tier', 'standard')).toMatchObject({ mode: 'paused' });
    await desk.cli('unpause tier standard');
    expect(await specOf('Tier', 'standard')).toMatchObject({ mode: 'active' });
  });

  test('of the fleet needs no record and no name', async () => {
    expect(await desk.cli('pause fleet')).toMatchObject({ code: 0 });
    expect(await specOf('Fleet', 'default')).toEqual({ mode: 'paused' });
    expect((await desk.cli('unpause fleet default')).code).toBe(0);
    expect(await specOf('Fleet', 'default')).toEqual({ mode: 'active' });
  });
});
