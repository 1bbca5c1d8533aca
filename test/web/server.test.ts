import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { QuestionError } from '../../src/controller/questions/question.ts';
import { createWebApp, createWebServer, type WebServer } from '../../src/web/server.ts';
import type { Health, WebSources } from '../../src/web/sources.ts';
import { activity, at, fleet, sources } from './fleet.ts';

const snapshot = fleet(20);
const loopback = { token: undefined, loopback: true } as const;
const ask = (path: string, headers: Readonly<Record<string, string>> = {}, changes: Partial<WebSources> = {}) =>
  createWebApp(loopback, sources(snapshot, changes)).request(path, { headers: { host: 'localhost:9400', ...headers } });

describe('probes', () => {
  const ill: Health = { ok: false, state: 'loading', reasons: ['cell c1 has not been read'] };
  const standby: Health = { ok: true, state: 'standing by', reasons: ['host-2 leads'] };

  it('answer 200 when all is well', async () => {
    for (const path of ['/healthz', '/readyz']) {
      const answer = await ask(path);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual({ status: 'ok', state: 'leading', reasons: [] });
    }
  });

  it('answer 503 with reasons when it is not, each for itself', async () => {
    const health = await ask('/healthz', {}, { health: () => ill });
    expect([health.status, await health.json()]).toEqual([503, { ...ill, ok: undefined, status: 'unavailable' }]);
    expect((await ask('/readyz', {}, { health: () => ill })).status).toBe(200);
    expect((await ask('/readyz', {}, { ready: () => ill })).status).toBe(503);
  });

  it('let a standby say that it stands by', async () => {
    const answer = await ask('/readyz', {}, { ready: () => standby });
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { status: 'ok', state: 'standing by', reasons: ['host-2 leads'] },
    ]);
  });
});

describe('the API', () => {
  const items = async (path: string) => ((await (await ask(path)).json()) as { items: { name: string }[] }).items;

  it('lists what the snapshot holds', async () => {
    expect(await items('/api/tenants')).toHaveLength(20);
    expect((await items('/api/cells')).map((cell) => cell.name)).toEqual(snapshot.cells.map((cell) => cell.name));
    expect(await items('/api/infra-groups')).toHaveLength(6);
    expect(await items('/api/tiers')).toHaveLength(2);
  });

  it('filters tenants by phase, tier and a part of the name', async () => {
    expect((await items('/api/tenants?phase=Degraded')).map((tenant) => tenant.name)).toEqual(['hooli-4']);
    expect((await items('/api/tenants?tier=premium')).length).toBe(10);
    expect((await items('/api/tenants?q=acme')).map((tenant) => tenant.name)).toEqual(['acme-0', 'acme-10']);
  });

  it('shows one tenant, and says which one there is not', async () => {
    expect(await (await ask('/api/tenants/hooli-4')).json()).toMatchObject({ name: 'hooli-4', phase: 'Degraded' });
    const answer = await ask('/api/tenants/nobody');
    expect([answer.status, await answer.json()]).toMatchObject([
      404,
      { error: { reason: 'NotFound', message: 'there is no tenant "nobody"' } },
    ]);
  });

  it('shows recent activity and a status in figures', async () => {
    expect(await (await ask('/api/activity')).json()).toEqual(activity);
    expect(await (await ask('/api/status')).json()).toMatchObject({
      mode: 'active',
      tenants: 20,
      phases: { Degraded: 1, Unplaceable: 1 },
      orphans: [{ kind: 'Tenant', name: 'umbrella-3' }],
    });
  });

  it('plans for one tenant or for all', async () => {
    const asked: (string | undefined)[] = [];
    const plan = (tenant?: string) => {
      asked.push(tenant);
      const change = { action: 'create', kind: 'service', placement: 'p', name: 'svc-1', reason: 'asked' } as const;
      return Promise.resolve({ at, tenants: [{ tenant: 'acme-0', changes: [change], notes: [] }] });
    };
    expect(await (await ask('/api/plan?tenant=acme-0', {}, { plan })).json()).toMatchObject({
      tenants: [{ tenant: 'acme-0' }],
    });
    await ask('/api/plan', {}, { plan });
    expect((await ask('/api/plan?tenant=nobody', {}, { plan })).status).toBe(404);
    expect(asked).toEqual(['acme-0', undefined]);
  });

  it('answers questions about capacity and moves by their terms, and refuses what it cannot', async () => {
    const asked: unknown[] = [];
    const answer: WebSources['answer'] = async (question, terms) => {
      asked.push([question, terms('kind'), terms('name')]);
      if (terms('name') === 'none') throw new QuestionError('there is no accepted cell "none"', true);
      if (question === 'rebalance') throw new QuestionError('moves is "0"', false);
      return { question };
    };
    for (const question of ['capacity', 'drain', 'rebalance', 'room']) await ask(`/api/${question}`, {}, { answer });
    expect(asked.map((one) => (one as string[])[0])).toEqual(['capacity', 'drain', 'rebalance', 'room']);
    expect(await (await ask('/api/drain?kind=cell&name=c1', {}, { answer })).json()).toEqual({ question: 'drain' });
    const absent = await ask('/api/drain?kind=cell&name=none', {}, { answer });
    expect([absent.status, await absent.json()]).toEqual([
      404,
      { error: { reason: 'NotFound', message: 'there is no accepted cell "none"' } },
    ]);
    expect((await ask('/api/rebalance?moves=0', {}, { answer })).status).toBe(400);
    expect((await ask('/api/capacity', {}, { answer, snapshot: () => undefined })).status).toBe(503);
  });

  it('shows a rebuild, and what an adoption would change', async () => {
    const rebuild = () =>
      Promise.resolve({ at, behind: 'why', tenants: [], findings: [], cells: ['c1'], epoch: { lease: 2 } });
    expect(await (await ask('/api/rebuild', {}, { rebuild })).json()).toMatchObject({ behind: 'why', cells: ['c1'] });
    const asked: unknown[] = [];
    const adopt = (request: { tenant: string; arn: string } | { infraGroup: string; arn: string }) => {
      asked.push(request);
      return Promise.resolve({ ...request, at, fields: [] });
    };
    const arn = 'Z1/acme.example.com/A/';
    const query = (tenant: string) => `/api/adopt?${new URLSearchParams({ tenant, arn }).toString()}`;
    expect(await (await ask(query('acme-0'), {}, { adopt })).json()).toMatchObject({ tenant: 'acme-0', arn });
    expect((await ask(query('nobody'), {}, { adopt })).status).toBe(404);
    const endpoint = (infraGroup: string) =>
      `/api/adopt?${new URLSearchParams({ infraGroup, arn: 'vpce-1' }).toString()}`;
    expect((await ask(endpoint('nowhere'), {}, { adopt })).status).toBe(404);
    const { infraGroups } = snapshot;
    const name = infraGroups[0]?.name ?? '';
    expect(await (await ask(endpoint(name), {}, { adopt })).json()).toMatchObject({ infraGroup: name, arn: 'vpce-1' });
    expect(asked).toEqual([
      { tenant: 'acme-0', arn },
      { infraGroup: name, arn: 'vpce-1' },
    ]);
  });

  it('says why a plan could not be made', async () => {
    const plan = () => Promise.reject(new Error('cell c1 cannot be read'));
    const answer = await ask('/api/plan', {}, { plan });
    expect([answer.status, await answer.json()]).toEqual([
      500,
      { error: { reason: 'Failed', message: 'cell c1 cannot be read' } },
    ]);
  });

  it('answers 503 with the reason while there is no fleet to show', async () => {
    const none = {
      snapshot: () => undefined,
      ready: () => ({ ok: true, state: 'standing by', reasons: ['host-2 leads'] }),
    };
    for (const path of ['/api/tenants', '/api/tenants/acme', '/api/cells', '/api/plan']) {
      const answer = await ask(path, {}, none);
      expect([path, answer.status]).toEqual([path, 503]);
      expect(await answer.text()).toContain('host-2 leads');
    }
    expect((await ask('/api/status', {}, none)).status).toBe(200);
    expect(await (await ask('/', {}, none)).text()).toContain('host-2 leads');
  });

  it('knows no other path, and nothing that writes', async () => {
    expect((await ask('/api/secrets')).status).toBe(404);
    const app = createWebApp(loopback, sources(snapshot));
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const answer = await app.request('/api/tenants', { method, headers: { host: 'localhost' } });
      expect([method, answer.status]).toEqual([method, 405]);
    }
  });
});

describe('metrics', () => {
  it('are in the text format of Prometheus', async () => {
    const answer = await ask('/metrics', {}, { metrics: () => Promise.resolve('up 1\n') });
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await answer.text()).toBe('up 1\n');
  });
});

describe('on loopback', () => {
  it('a request for another name is refused: a page elsewhere may have made its name lead here', async () => {
    for (const path of ['/', '/healthz', '/metrics', '/api/tenants']) {
      expect([path, (await ask(path, { host: 'evil.example:9400' })).status]).toEqual([path, 421]);
    }
  });

  it('a request that a page elsewhere causes is refused, but following a link is not', async () => {
    expect((await ask('/api/plan', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await ask('/', { 'sec-fetch-site': 'cross-site' })).status).toBe(200);
    expect((await ask('/api/plan', { 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });
});

describe('with a token', () => {
  const token = '0123456789abcdef';
  const app = createWebApp({ token, loopback: false }, sources(snapshot));
  const status = async (path: string, authorization?: string) =>
    (await app.request(path, authorization === undefined ? {} : { headers: { authorization } })).status;

  it('only the probes answer without it', async () => {
    expect([await status('/healthz'), await status('/readyz')]).toEqual([200, 200]);
    for (const path of [
      '/',
      '/metrics',
      '/api/tenants',
      '/api/status',
      '/api/plan',
      '/nowhere',
      '/healthz/x',
      '//healthz',
    ]) {
      expect([path, await status(path)]).toEqual([path, 401]);
      expect([path, await status(path, 'Bearer 0123456789abcdeX')]).toEqual([path, 401]);
    }
  });

  it('everything answers with it', async () => {
    for (const path of ['/', '/metrics', '/api/tenants'])
      expect([path, await status(path, `Bearer ${token}`)]).toEqual([path, 200]);
  });

  it('the refusal says what is asked for', async () => {
    const answer = await app.request('/');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(await answer.text()).toContain('CELLWRIGHT_HTTP_TOKEN_FILE');
  });
});

describe('the server', () => {
  let server: WebServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  it('listens on a free port and answers', async () => {
    server = await createWebServer({ host: '127.0.0.1', port: 0 }, sources(snapshot));
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${server.url}/`)).headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('refuses a Host header of somebody else on the wire', async () => {
    server = await createWebServer({ host: '127.0.0.1', port: 0 }, sources(snapshot));
    const { url } = server;
    const status = await new Promise((resolve, reject) => {
      request(`${url}/api/status`, { headers: { host: 'evil.example' } }, (answer) => resolve(answer.statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(421);
  });

  it('does not start on an address for others without a token', async () => {
    await expect(createWebServer({ host: '0.0.0.0', port: 0 }, sources(snapshot))).rejects.toThrow(
      /CELLWRIGHT_HTTP_TOKEN_FILE/,
    );
  });

  it('asks for the token on an address for others', async () => {
    server = await createWebServer({ host: '0.0.0.0', port: 0, token: 'a-token-of-some-length' }, sources(snapshot));
    const url = server.url.replace('0.0.0.0', '127.0.0.1');
    expect((await fetch(`${url}/api/status`)).status).toBe(401);
    const headers = { authorization: 'Bearer a-token-of-some-length' };
    expect((await fetch(`${url}/api/status`, { headers })).status).toBe(200);
  });

  it('says so when the address is taken', async () => {
    server = await createWebServer({ host: '127.0.0.1', port: 0 }, sources(snapshot));
    const port = Number(new URL(server.url).port);
    await expect(createWebServer({ host: '127.0.0.1', port }, sources(snapshot))).rejects.toThrow(
      /CELLWRIGHT_HTTP 127\.0\.0\.1:\d+ cannot be listened on: .*EADDRINUSE/,
    );
  });

  it('tells of its own faults', async () => {
    const faults: string[] = [];
    const broken = sources(snapshot, { metrics: () => Promise.reject(new Error('a collector failed')) });
    server = await createWebServer(
      { host: '127.0.0.1', port: 0, onError: (error) => faults.push(error.message) },
      broken,
    );
    expect((await fetch(`${server.url}/metrics`)).status).toBe(500);
    expect(faults).toEqual(['a collector failed']);
  });
});
