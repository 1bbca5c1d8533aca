import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PlanReport } from '../../src/cli/programs.ts';
import { createDesk, type Desk, type Run, type RunOptions } from './harness.ts';

const report: PlanReport = {
  at: '2026-01-01T00:00:00.000Z',
  tenants: [
    {
      tenant: 'acme',
      changes: [
        { action: 'create', kind: 'cluster', placement: 'abcdefghijkl', name: 'c1', reason: 'asked' },
        {
          action: 'update',
          kind: 'service',
          placement: 'abcdefghijkl',
          name: 'svc-1',
          reason: 'drift',
          fields: [{ field: 'desiredCount', before: 0, after: 2 }],
        },
        {
          action: 'replace',
          kind: 'task_definition',
          placement: 'abcdefghijkl',
          name: 'fam',
          reason: 'asked',
          fields: [
            {
              field: 'containerDefinitions',
              before: [{ name: 'app', environment: [{ name: 'KEY', value: 'old-secret' }] }],
              after: [{ name: 'app', environment: [{ name: 'KEY', value: 'new-secret' }] }],
            },
          ],
        },
        {
          action: 'delete',
          kind: 'dns_record',
          placement: 'abcdefghijkl',
          name: 'acme.example.com',
          reason: 'removal',
        },
      ],
      notes: ['held: removal_budget'],
    },
  ],
};
const empty: PlanReport = { at: report.at, tenants: [] };

let desk: Desk;
let server: Server | undefined;
let folder: string;
let asked: IncomingMessage[];
beforeEach(async () => {
  desk = await createDesk();
  folder = await mkdtemp(join(tmpdir(), 'cellwright-plan-'));
  asked = [];
});
afterEach(async () => {
  const open = server;
  server = undefined;
  if (open !== undefined) await new Promise((resolve) => open.close(resolve));
  await rm(folder, { recursive: true });
});

/** A controller's HTTP that answers one thing; returns its address. */
async function answering(status: number, body: unknown): Promise<string> {
  const made = createServer((request, response) => {
    asked.push(request);
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  const address = made.address();
  return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

const live = (line: string, options: RunOptions = {}): Promise<Run> =>
  desk.begin(line, { ...options, realTime: true }).done;

describe('plan', () => {
  test('asks the controller and prints what it would do; 1, as there is something', async () => {
    const http = await answering(200, report);
    const run = await live('plan', { env: { CELLWRIGHT_HTTP: http } });
    expect(run).toMatchObject({ code: 1, err: '' });
    expect(asked.map(({ url }) => url)).toEqual(['/api/plan']);
    const lines = run.out.trimEnd().split('\n');
    expect(lines[0]).toBe('tenant acme');
    expect(lines[1]).toBe('  + cluster c1 (asked, placement abcdefghijkl)');
    expect(lines[2]).toBe('  ~ service svc-1 (drift, placement abcdefghijkl)');
    expect(lines[3]).toBe('      desiredCount: 0 -> 2');
    expect(lines[4]).toBe('  -/+ task_definition fam (asked, placement abcdefghijkl)');
    expect(lines[6]).toBe('  - dns_record acme.example.com (removal, placement abcdefghijkl)');
    expect(lines[7]).toBe('  ! held: removal_budget');
    expect(lines.at(-1)).toBe('Plan: 2 to add, 1 to change, 2 to remove');
    expect(run.out).not.toContain('secret');
  });

  test('shows what would become of the endpoints of infra groups', async () => {
    const change = { action: 'create', kind: 'endpoint', placement: 'g1', name: 'g1--orders--1', reason: 'asked' };
    const groups = [{ infraGroup: 'g1', changes: [change], notes: ['closed for new tenants'] }];
    const http = await answering(200, { ...empty, infraGroups: groups });
    const run = await live('plan', { env: { CELLWRIGHT_HTTP: http } });
    expect(run).toMatchObject({ code: 1, err: '' });
    expect(run.out.trimEnd().split('\n')).toEqual([
      'infra-group g1',
      '  + endpoint g1--orders--1 (asked)',
      '  ! closed for new tenants',
      'Plan: 1 to add, 0 to change, 0 to remove',
    ]);
  });

  test('one tenant is asked for by name; nothing to do is 0', async () => {
    const http = await answering(200, empty);
    const run = await live(`plan tenant acme --http ${http}`);
    expect(run).toEqual({ code: 0, out: 'Plan: 0 to add, 0 to change, 0 to remove\n', err: '' });
    expect(asked.map(({ url }) => url)).toEqual(['/api/plan?tenant=acme']);
  });

  test('JSON has the totals, and no environment value', async () => {
    const http = await answering(200, report);
    const run = await live(`plan -o json --http ${http}`);
    expect(JSON.parse(run.out)).toMatchObject({
      totals: { add: 2, change: 1, remove: 2 },
      tenants: [{ tenant: 'acme' }],
    });
    expect(run.out).not.toContain('secret');
  });

  test('bears the token of the file', async () => {
    const token = '0123456789abcdef';
    await writeFile(join(folder, 'token'), `${token}\n`);
    const http = await answering(200, empty);
    await live('plan', { env: { CELLWRIGHT_HTTP: http, CELLWRIGHT_HTTP_TOKEN_FILE: join(folder, 'token') } });
    expect(asked[0]?.headers.authorization).toBe(`Bearer ${token}`);
  });

  test.each([
    [503, { error: { message: 'views are not complete' } }, /answered 503: views are not complete/],
    [404, { error: 'no tenant acme' }, /answered 404: no tenant acme/],
    [401, '', /CELLWRIGHT_HTTP_TOKEN_FILE/],
    [200, { hello: 'world' }, /not a controller of this version/],
    [200, '<html>', /the controller cannot be asked/],
  ])('an answer %i %j is 2', async (status, body, message) => {
    const http = await answering(status, body);
    const run = await live(`plan --http ${http}`);
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toMatch(message);
  });

  test('nobody there is 2, with what to do', async () => {
    const http = await answering(200, empty);
    await new Promise((resolve) => server?.close(resolve));
    server = undefined;
    const run = await live(`plan -o json --http ${http}`);
    expect(run.code).toBe(2);
    expect(JSON.parse(run.out)).toMatchObject({ error: { reason: 'ControllerUnreachable' } });
    expect(run.err).toMatch(/ECONNREFUSED[\s\S]*cellwright plan --local/);
  });

  test('--local asks nobody', async () => {
    const run = await desk.cli('plan tenant acme --local --mode observe');
    expect(run.code).toBe(0);
    expect(desk.started.planned).toMatchObject([{ tenant: 'acme', config: { mode: 'observe', resyncSeconds: 300 } }]);
  });

  test('only tenants have plans', async () => {
    expect((await desk.cli('plan cell eu-1')).code).toBe(2);
  });
});
