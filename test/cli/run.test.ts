import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { awsAccessOf } from '../../src/cli/aws-environment.ts';
import { createDesk, type Desk } from './harness.ts';

let desk: Desk;
let folder: string;
beforeEach(async () => {
  desk = await createDesk();
  folder = await mkdtemp(join(tmpdir(), 'cellwright-run-'));
});
afterEach(async () => rm(folder, { recursive: true }));

describe('settings', () => {
  test('have the defaults of the manual', async () => {
    await desk.cli('controller');
    const [config] = desk.started.controller;
    expect(config).toMatchObject({
      desiredTable: 'cellwright-desired',
      stateTable: 'cellwright-state',
      resyncSeconds: 300,
      detailSeconds: 900,
      http: { host: '127.0.0.1', port: 9400 },
      mode: 'active',
      logLevel: 'info',
    });
    expect(config?.http).not.toHaveProperty('token');
    expect(config?.identity).toMatch(/^[\w+=,.@-]{2,64}$/);
    expect(config?.identity).toContain(String(process.pid));
  });

  test('come from the environment, and flags win', async () => {
    await writeFile(join(folder, 'token'), 'a-token-long-enough\n');
    const env = {
      CELLWRIGHT_DESIRED_TABLE: 'wanted',
      CELLWRIGHT_STATE_TABLE: 'known',
      CELLWRIGHT_RESYNC_SECONDS: '5',
      CELLWRIGHT_DETAIL_SECONDS: '60',
      CELLWRIGHT_IDENTITY: 'controller-a',
      CELLWRIGHT_HTTP: '[::1]:0',
      CELLWRIGHT_HTTP_TOKEN_FILE: join(folder, 'token'),
      CELLWRIGHT_MODE: 'paused',
      CELLWRIGHT_LOG_LEVEL: '',
    };
    await desk.cli('controller --mode observe --resync-seconds 30', { env });
    expect(desk.started.controller[0]).toMatchObject({
      desiredTable: 'wanted',
      stateTable: 'known',
      resyncSeconds: 30,
      detailSeconds: 60,
      identity: 'controller-a',
      http: { host: '::1', port: 0, token: 'a-token-long-enough' },
      mode: 'observe',
      logLevel: 'info',
    });
  });

  test.each([
    ['CELLWRIGHT_DESIRED_TABLE', 'no spaces please', 'the name of a table'],
    ['CELLWRIGHT_DESIRED_TABLE', 'cellwright-state', ''],
    ['CELLWRIGHT_RESYNC_SECONDS', '4', 'a whole number of seconds from 5'],
    ['CELLWRIGHT_RESYNC_SECONDS', '1e3', 'a whole number of seconds from 5'],
    ['CELLWRIGHT_DETAIL_SECONDS', 'often', 'a whole number of seconds from 5'],
    ['CELLWRIGHT_IDENTITY', 'me and you', '2 to 64'],
    ['CELLWRIGHT_HTTP', '9400', 'HOST:PORT'],
    ['CELLWRIGHT_HTTP', '127.0.0.1:70000', 'HOST:PORT'],
    ['CELLWRIGHT_HTTP_TOKEN_FILE', '/no/such/file', 'a file that can be read (ENOENT)'],
    ['CELLWRIGHT_MODE', 'off', 'one of active, observe, paused'],
    ['CELLWRIGHT_LOG_LEVEL', 'loud', 'one of silent'],
  ])('%s=%s is refused at start', async (variable, value, expected) => {
    const run = await desk.cli('controller', { env: { [variable]: value } });
    expect(run).toMatchObject({ code: 2, out: '' });
    if (expected !== '') expect(run.err).toContain(`${variable} is "${value}", expected ${expected}`);
    expect(desk.started.controller).toEqual([]);
  });

  test('the token may come as a variable, with the same checks, and what is wrong with it is said without showing it', async () => {
    const token = async (env: Readonly<Record<string, string>>) => {
      const run = await desk.cli('controller', { env });
      return { ...run, token: desk.started.controller.at(-1)?.http.token };
    };
    expect(await token({ CELLWRIGHT_HTTP_TOKEN: 'a-token-long-enough\n' })).toMatchObject({
      token: 'a-token-long-enough',
    });
    desk.started.controller.length = 0;
    const short = await token({ CELLWRIGHT_HTTP_TOKEN: 'hunter2' });
    expect(short).toMatchObject({ code: 2, out: '', token: undefined });
    expect(short.err).toContain('CELLWRIGHT_HTTP_TOKEN is "(not shown)", expected one token of at least 16');
    expect(short.err).not.toContain('hunter2');
    const both = await token({ CELLWRIGHT_HTTP_TOKEN: 'a-token-long-enough', CELLWRIGHT_HTTP_TOKEN_FILE: '/a/file' });
    expect(both).toMatchObject({ code: 2, token: undefined });
    expect(both.err).toContain(
      'CELLWRIGHT_HTTP_TOKEN_FILE is "/a/file", expected nothing while CELLWRIGHT_HTTP_TOKEN is set',
    );
    expect(both.err).not.toContain('a-token-long-enough');
  });

  test('all that is wrong is said at once, by the name under which it was given', async () => {
    const run = await desk.cli('start --mode never', { env: { CELLWRIGHT_RESYNC_SECONDS: '1' } });
    expect(run.err).toContain('error: 2 settings are wrong');
    expect(run.err).toContain('CELLWRIGHT_RESYNC_SECONDS is "1"');
    expect(run.err).toContain('--mode is "never"');
  });
});

describe('start, sim and controller', () => {
  test('sim has the defaults of the manual', async () => {
    await desk.cli('sim');
    expect(desk.started.sim).toEqual([
      {
        desiredTable: 'cellwright-desired',
        stateTable: 'cellwright-state',
        port: 4566,
        seed: 1,
        timeScale: 1,
        throttle: true,
        apply: false,
        readLag: {},
        region: 'us-east-1',
      },
    ]);
  });

  test('sim takes a fault plan, and lags of reads for all services or for some', async () => {
    const faultFile = join(folder, 'faults.yaml');
    await writeFile(faultFile, '');
    await desk.cli(['sim', '--fault-file', faultFile, '--read-lag', '2.5']);
    await desk.cli('sim --read-lag ecs=3,dynamodb=0.5');
    const of = 'ecs elbv2 route53 ec2 acm application-autoscaling service-quotas dynamodb'.split(' ');
    const all = Object.fromEntries(of.map((service) => [service, 2.5]));
    expect(desk.started.sim).toMatchObject([{ faultFile, readLag: all }, { readLag: { ecs: 3, dynamodb: 0.5 } }]);
  });

  test.each(['-1', 'ecs', 'ecs=', 'ecs=x', 'sts=3', 'ecs=901', 'ecs=1,,'])(
    'sim --read-lag %s is refused with what was expected',
    async (lags) => {
      const run = await desk.cli(['sim', '--read-lag', lags]);
      expect(run).toMatchObject({ code: 2, out: '' });
      expect(run.err).toContain('expected seconds up to 900 for all services, or SERVICE=SECONDS');
      expect(desk.started.sim).toEqual([]);
    },
  );

  test('sim takes its flags, and the tables and the Region of the environment', async () => {
    const fleetFile = join(folder, 'fleet.yaml');
    await writeFile(fleetFile, '');
    const flags = [
      '--port',
      '0',
      '--seed',
      '7',
      '--time-scale',
      '2.5',
      '--no-throttle',
      '--fleet',
      fleetFile,
      '--apply',
    ];
    const env = { CELLWRIGHT_STATE_TABLE: 'known', AWS_REGION: 'eu-central-1' };
    expect((await desk.cli(['sim', ...flags], { env })).code).toBe(0);
    expect(desk.started.sim).toMatchObject([
      {
        port: 0,
        seed: 7,
        timeScale: 2.5,
        throttle: false,
        fleetFile,
        apply: true,
        stateTable: 'known',
        region: 'eu-central-1',
      },
    ]);
  });

  test('start runs ten times as fast unless told otherwise', async () => {
    await desk.cli('start');
    await desk.cli('start --time-scale 1 --http 127.0.0.1:0 --port 4599');
    expect(desk.started.start).toMatchObject([
      { timeScale: 10, settings: { mode: 'active' } },
      { timeScale: 1, port: 4599, settings: { http: { port: 0 } } },
    ]);
  });

  test.each([
    'sim --port 70000',
    'sim --time-scale 0',
    'sim --seed x',
    'sim --fleet /no/such/fleet.yaml',
    'sim --apply',
    'sim --fault-file /no/such/plan.yaml',
    'start --time-scale -1',
    'start --port x',
  ])('%s is 2', async (line) => {
    expect((await desk.cli(line)).code).toBe(2);
    expect(desk.started).toMatchObject({ sim: [], start: [] });
  });

  test("a program's exit code is the command's", async () => {
    const run = await desk.cli('controller', { programs: { controller: async () => 2 } });
    expect(run.code).toBe(2);
  });
});

describe('the way to AWS', () => {
  const http = 'http://127.0.0.1:4566';
  const no = (): boolean => false;

  test('is made up for a simulated AWS where nothing is configured', () => {
    expect(awsAccessOf({ AWS_ENDPOINT_URL: http }, 'a', no)).toMatchObject({
      region: 'us-east-1',
      credentials: { accessKeyId: '000000000000' },
    });
    expect(awsAccessOf({ AWS_ENDPOINT_URL_DYNAMODB: http }, 'a', no)).toHaveProperty('region');
  });

  test.each([
    ['real AWS', {}, false],
    ['an endpoint in a VPC', { AWS_ENDPOINT_URL: 'https://vpce.example.com' }, false],
    ['a profile', { AWS_ENDPOINT_URL: http, AWS_PROFILE: 'dev' }, false],
    ['shared files', { AWS_ENDPOINT_URL: http }, true],
  ])('is left to the SDK with %s', (_what, env, hasFiles) => {
    expect(awsAccessOf(env, 'a', () => hasFiles)).toEqual({ appId: 'a' });
  });

  test('keeps what is configured', () => {
    expect(
      awsAccessOf({ AWS_ENDPOINT_URL: http, AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: '111122223333' }, 'a', no),
    ).toEqual({
      appId: 'a',
    });
  });
});
