import { beforeEach, describe, expect, test } from 'vitest';
import { AwsError } from '../../src/simulator/kernel.ts';
import { createDesk, type Desk, settleTenant } from './harness.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await createDesk();
});

const commands = [
  'start',
  'sim',
  'controller',
  'init',
  'apply',
  'get',
  'describe',
  'events',
  'plan',
  'explain',
  'wait',
  'suspend',
  'resume',
  'offboard',
  'pause',
  'unpause',
];

describe('help', () => {
  test.each(commands)('%s --help: purpose, examples, usage, flags, in this order, on stdout', async (command) => {
    const run = await desk.cli(`${command} --help`);
    expect(run).toMatchObject({ code: 0, err: '' });
    const places = ['\nExamples:\n  $ ', `\nUsage: cellwright ${command}`, '\nOptions:\n', '\nMore: '].map((part) =>
      run.out.indexOf(part),
    );
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(run.out).toContain(`$ cellwright ${command}`.slice(0, 8));
  });

  test('lists every command, also without any word', async () => {
    const help = await desk.cli('--help');
    const bare = await desk.cli('');
    expect(bare).toEqual(help);
    for (const command of commands) expect(help.out).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    expect(help.code).toBe(0);
  });

  test('the version is data', async () => {
    expect(await desk.cli('--version')).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/^cellwright /) as string,
    });
  });
});

describe('what is not understood', () => {
  test.each([
    ['gte tenants', 'did you mean get?'],
    ['get tenants --wtach', 'did you mean --watch?'],
    ['describe tenant', "missing required argument 'name'"],
    ['get tenants -o xml', 'Allowed choices are table, json, yaml'],
    ['get tenants a b c', 'too many arguments'],
    ['apply', "required option '-f, --filename <file...>' not specified"],
    ['get servers', 'the kinds are fleet, tier, cell, infra-group, tenant'],
    ['get tenant Acme--X', 'cannot be the name of a tenant'],
  ])('%s: 2, three lines on stderr, nothing on stdout', async (line, words) => {
    const run = await desk.cli(line);
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toContain(words);
    expect(run.err).toMatch(/^error: .+\n {2}why: .+\n {2}do: {2}.+\n$/);
  });

  test.each(['gte -o json', 'get nothing --output=json', 'get tenants x y -ojson'])(
    '%s: JSON on stdout',
    async (line) => {
      const run = await desk.cli(line);
      expect(run.code).toBe(2);
      const { error } = JSON.parse(run.out) as { error: Record<string, string> };
      expect(Object.keys(error)).toEqual(['reason', 'message', 'hint']);
    },
  );
});

describe('what goes wrong', () => {
  test('tables that are not there: what, why and what to do', async () => {
    const bare = await createDesk({ initialised: false });
    const run = await bare.cli('get tenants');
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toMatch(
      /^error: get failed\n {2}why: .*ResourceNotFoundException.*\(request .*\)\n {2}do: {2}make the tables \(cellwright init\)/,
    );
  });

  test('denied, with the permission that is missing', async () => {
    const denied = new AwsError('AccessDeniedException', 'not allowed', { status: 400 });
    desk.world.aws.faults = { before: () => ({ kind: 'error', error: denied }) };
    const run = await desk.cli('get tenants -o json');
    expect(run.code).toBe(2);
    const { error } = JSON.parse(run.out) as { error: Record<string, string> };
    expect(error).toMatchObject({
      reason: 'AccessDeniedException',
      hint: expect.stringContaining('dynamodb:Scan') as string,
    });
  });

  test('a fault of ours is said plainly; where it is from only with -v', async () => {
    const programs = { controller: () => Promise.reject(new Error('kaboom')) };
    const quiet = await desk.cli('controller', { programs });
    expect(quiet).toMatchObject({ code: 2 });
    expect(quiet.err).toContain('why: kaboom');
    expect(quiet.err).not.toContain('    at ');
    expect((await desk.cli('controller -v', { programs })).err).toContain('    at ');
  });
});

describe('colour', () => {
  const isColoured = async (env: Record<string, string>, terminal: boolean, flags = ''): Promise<boolean> =>
    (await desk.cli(`get tenants ${flags}`, { env, terminal })).out.includes('\u001b[');

  test('only on a terminal, unless forced, and never against NO_COLOR', async () => {
    await settleTenant(desk, 'acme');
    expect(await isColoured({}, false)).toBe(false);
    expect(await isColoured({}, true)).toBe(true);
    expect(await isColoured({ NO_COLOR: '1' }, true)).toBe(false);
    expect(await isColoured({ TERM: 'dumb' }, true)).toBe(false);
    expect(await isColoured({ FORCE_COLOR: '1' }, false)).toBe(true);
    expect(await isColoured({ FORCE_COLOR: '0' }, true)).toBe(false);
    expect(await isColoured({ FORCE_COLOR: '1', NO_COLOR: '1' }, true)).toBe(false);
    expect(await isColoured({ FORCE_COLOR: '1' }, true, '--no-color')).toBe(false);
  });

  test('moves no column', async () => {
    await settleTenant(desk, 'acme');
    const plain = await desk.cli('get tenants');
    const coloured = await desk.cli('get tenants', { terminal: true });
    // biome-ignore lint: the escape is the point
    const stripped = coloured.out.replace(/\u001b\[[0-9;]*m/g, '');
    expect(stripped.split('\n').map((line) => line.trimEnd())).toEqual(plain.out.split('\n'));
  });

  test('never in JSON', async () => {
    await settleTenant(desk, 'acme');
    const run = await desk.cli('get tenants -o json', { env: { FORCE_COLOR: '1' }, terminal: true });
    expect(run.out).not.toContain('\u001b');
  });
});

describe('init', () => {
  test('makes what is missing, once', async () => {
    const bare = await createDesk({ initialised: false });
    const first = await bare.cli('init -o json');
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(first.out)).toMatchObject({ created: ['cellwright-desired', 'cellwright-state'], warnings: [] });
    const { installation } = JSON.parse(first.out) as { installation: string };
    const second = await bare.cli('init');
    expect(second.out).toBe(
      `installation ${installation}\n= table cellwright-desired is there\n= table cellwright-state is there\n`,
    );
  });

  test('refuses a state table of another installation, and what is no id', async () => {
    const other = await desk.cli('init --installation another');
    expect(other.code).toBe(2);
    expect(other.err).toContain('these belong to different installations');
    const wrong = await desk.cli('init --installation Not_An_Id');
    expect(wrong.code).toBe(2);
  });
});
