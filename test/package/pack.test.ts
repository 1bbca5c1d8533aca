import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Program, poll } from '../crash/processes.ts';
import { filesBelow, linkProduction, type Packed, packContext, productionPackages, root } from './packed.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const built = '2026-03-01T00:00:00.000Z';
/** Gates: what the package may weigh. As of 2026-11 it is about two thirds of each. */
const mostPackedBytes = 950_000;
const mostUnpackedBytes = 3_800_000;

let temporary: string;
let packed: Packed;
beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), 'cellwright-pack-'));
  const epoch = String(Date.parse(built) / 1_000);
  packed = packContext(temporary, { CELLWRIGHT_COMMIT: commit, SOURCE_DATE_EPOCH: epoch });
  linkProduction(packed.folder);
});
afterAll(() => rmSync(temporary, { recursive: true }));

describe('what npm packs', () => {
  it('weighs what a program of its kind may', () => {
    expect(packed.size).toBeLessThan(mostPackedBytes);
    expect(packed.unpackedSize).toBeLessThan(mostUnpackedBytes);
  });

  it('is the program with its documents: no source, no test, nothing that a build left over', () => {
    const outside = packed.files.map(({ path }) => path).filter((path) => !/^(bin|dist|docs|examples)\//.test(path));
    expect(outside.toSorted()).toEqual(['LICENSE', 'README.md', 'package.json']);
    const odd = packed.files.filter(({ path }) => /\.(ts|map|log|pem|key|tgz)$|(^|\/)\.|test|node_modules/.test(path));
    expect(odd).toEqual([]);
    expect(filesBelow(join(packed.folder, 'bin'))).toEqual(['cellwright', 'healthcheck']);
    const shipped = filesBelow(join(packed.folder, 'dist')).toSorted();
    expect(shipped).toEqual([...reachable(join(packed.folder, 'dist'))].toSorted());
  });

  it('holds no credential', () => {
    const secret =
      /\b(AKIA|ASIA)(?!IOSFODNN7EXAMPLE)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{20}/;
    const found = packed.files.filter(({ path }) => secret.test(readFileSync(join(packed.folder, path), 'utf8')));
    expect(found).toEqual([]);
  });

  it('finds every package that it imports among its production dependencies', () => {
    const dist = join(packed.folder, 'dist');
    const imported = new Set<string>();
    for (const file of filesBelow(dist)) {
      for (const name of importsOf(readFileSync(join(dist, file), 'utf8')))
        if (!name.startsWith('.') && !name.startsWith('node:')) imported.add(packageOf(name));
    }
    const { dependencies } = JSON.parse(readFileSync(join(packed.folder, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect([...imported].toSorted()).toEqual(Object.keys(dependencies).toSorted());
    const locked = new Set(productionPackages().map(([path]) => path.replace('node_modules/', '')));
    for (const name of imported) expect(locked, name).toContain(name);
  });
});

describe('the packed program', () => {
  const programs: Program[] = [];
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.end('SIGTERM');
  });

  /** Node as it runs it: packages are found through links as if they were there, and nothing may be written, no process be made: as on a read-only root. */
  const node = ['--preserve-symlinks', '--preserve-symlinks-main', ...readOnly()];
  const bin = (): string => join(packed.folder, 'bin/cellwright');
  const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Program => {
    const program = new Program(args, { ...env, NODE_NO_WARNINGS: '1' }, [...node, bin()]);
    programs.push(program);
    return program;
  };

  it('knows the version, commit and time of its build', () => {
    const out = execFileSync(process.execPath, [...node, bin(), '--version'], { encoding: 'utf8', env: quiet });
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(out).toBe(`cellwright ${version} (commit ${commit.slice(0, 12)}, built ${built})\n`);
  });

  it('helps', () => {
    const out = execFileSync(process.execPath, [...node, bin(), '--help'], { encoding: 'utf8', env: quiet });
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'controller [options] Run only the controller: the production entry point',
    );
  });

  it('runs as a container runs it: an address for others, a token as a variable, probed by its own health check', async () => {
    const sim = start(['sim', '--port', '0', '--fleet', join(packed.folder, 'examples/fleet.yaml')]);
    await sim.says('http://', 30_000);
    const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(sim.output)?.[0] ?? '';
    const port = await freePort();
    const token = 'a-token-for-this-test-only';
    const http = { CELLWRIGHT_HTTP: `0.0.0.0:${port}` };
    const aws = { AWS_ENDPOINT_URL: endpoint, AWS_REGION: 'us-east-1', ...keys };
    const controller = start(['controller'], { ...aws, ...http, CELLWRIGHT_HTTP_TOKEN: token });
    await controller.says('the controller runs', 30_000);
    const probe = (env: Readonly<Record<string, string>>) =>
      spawnSync(process.execPath, [...node, join(packed.folder, 'bin/healthcheck')], {
        env: { ...quiet, ...env },
        encoding: 'utf8',
      });
    expect(probe(http)).toMatchObject({ status: 0, stdout: '', stderr: '' });
    const url = `http://127.0.0.1:${port}`;
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ status: 'ok' });
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    const bearing = { headers: { authorization: `Bearer ${token}` } };
    await poll(async () => (await fetch(`${url}/readyz`)).status === 200);
    const metrics = await (await fetch(`${url}/metrics`, bearing)).text();
    expect(metrics).toContain(`revision="${commit.slice(0, 12)}",build_date="${built}"`);
    await controller.end('SIGTERM');
    expect(controller.child.exitCode).toBe(0);
    expect(controller.output).not.toContain(token);
    expect(probe(http)).toMatchObject({ status: 1, stderr: expect.stringContaining('ECONNREFUSED') as string });
    expect(probe({ CELLWRIGHT_HTTP: 'somewhere' }).stderr).toContain('expected HOST:PORT');
  });
});

const keys = { AWS_ACCESS_KEY_ID: '000000000000', AWS_SECRET_ACCESS_KEY: 'x' };
const quiet = { PATH: process.env['PATH'] ?? '', NODE_NO_WARNINGS: '1' };

/** Node's permissions: everything may be read, nothing written. */
function readOnly(): readonly string[] {
  const [major = 0] = process.versions.node.split('.').map(Number);
  return [major < 24 ? '--experimental-permission' : '--permission', '--allow-fs-read=*'];
}

function importsOf(text: string): readonly string[] {
  const found = text.matchAll(
    /(?:^|[;}\n])\s*(?:import|export)\b[^;'"()]*?["']([^"'\n]+)["'];|\bimport\(["']([^"'\n]+)["']\)/g,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? '');
}

/** What the entries of dist lead to, themselves included. */
function reachable(dist: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const follow = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const name of importsOf(readFileSync(join(dist, file), 'utf8')))
      if (name.startsWith('.')) follow(join(file, '..', name));
  };
  for (const entry of ['main.js', 'demo.js', 'demo-controller.js']) follow(entry);
  return seen;
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port is free');
  return address.port;
}
