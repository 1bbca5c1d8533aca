import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClock } from '../../src/model/clock.ts';
import { createDynamoDb } from '../../src/simulator/dynamodb/index.ts';
import { listen, type SocketMount } from '../../src/simulator/mounts/socket.ts';
import { createServiceQuotas } from '../../src/simulator/quotas/index.ts';
import { SimulatedAws } from '../../src/simulator/world.ts';
import type { Run } from './harness.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

let mount: SocketMount;
let home: string;
beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root });
  home = await mkdtemp(join(tmpdir(), 'cellwright-bin-'));
  const aws = new SimulatedAws({ clock: createClock({ scale: 20, unref: true }), throttle: false });
  const database = createDynamoDb(aws);
  aws.install([database.dynamodb, database.streams], { quotas: createServiceQuotas(aws).world });
  const onFault = (error: unknown): never => {
    throw error;
  };
  mount = await listen(aws, { port: 0, onFault });
});
afterAll(async () => {
  await mount.close();
  await rm(home, { recursive: true });
});

/** Runs the real program with nothing configured but the endpoint. */
function bin(argv: readonly string[], stdin = ''): Promise<Run> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, AWS_ENDPOINT_URL: mount.url };
  return new Promise((resolve, reject) => {
    const child = execFile(join(root, 'bin/cellwright'), [...argv], { env, cwd: home }, (error, out, err) => {
      if (error !== null && typeof error.code !== 'number') reject(new Error(`it did not run: ${error.message}`));
      else resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
    child.stdin?.end(stdin);
  });
}

const fleet = `kind: Tier
name: standard
spec: {domain: standard.example.com, zone: {id: Z123}, service: {image: 'registry.example.com/app:1'}}
---
{kind: Tenant, name: acme, spec: {tier: standard}}
`;

describe('bin/cellwright', () => {
  test('works against a simulated AWS with nothing configured but its endpoint', async () => {
    const init = await bin(['init']);
    expect(init).toMatchObject({ code: 0, err: '' });
    const apply = await bin(['apply', '-f', '-'], fleet);
    expect(apply).toMatchObject({ code: 0, err: '' });
    expect(apply.out).toContain('Written: 2 added');
    const get = await bin(['get', 'tenants', '-o', 'json']);
    expect(get).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(get.out)).toMatchObject({
      items: [{ kind: 'Tenant', name: 'acme', status: { phase: 'Pending' } }],
    });
    expect(await bin(['get', 'tenant', 'nobody'])).toMatchObject({ code: 2, out: '' });
  });

  test('knows its version and the time of its build', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    const run = await bin(['--version']);
    expect(run.out).toMatch(new RegExp(`^cellwright ${version} \\(commit \\S+, built 20\\d\\d-\\d\\d-\\d\\dT`));
  });

  test('what --help loads is the entry and commander: no schema, no SDK, no simulator', async () => {
    const entry = await readFile(join(root, 'dist/main.js'), 'utf8');
    const loaded = new Set<string>();
    const packages = new Set<string>();
    const follow = async (text: string): Promise<void> => {
      for (const [, name = ''] of text.matchAll(/^import[^;(]*?["']([^"']+)["'];/gm)) {
        if (!name.startsWith('.')) packages.add(name);
        else if (!loaded.has(name)) {
          loaded.add(name);
          await follow(await readFile(join(root, 'dist/chunks', name.split('/').at(-1) ?? ''), 'utf8'));
        }
      }
    };
    await follow(entry);
    expect([...packages].filter((name) => !name.startsWith('node:'))).toEqual(['commander']);
    expect(await readdir(join(root, 'dist/chunks'))).not.toEqual([]);
  });
});
