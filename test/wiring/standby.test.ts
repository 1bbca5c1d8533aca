import { afterEach, expect, it } from 'vitest';
import { standbyPollMs } from '../../src/controller/standby/views.ts';
import { type RunningController, startController } from '../../src/wiring/controller.ts';
import { smallFleet } from '../e2e/small-fleet.ts';
import { Installation } from '../support/installation.ts';

const standard = { tier: 'standard' } as const;

let run: Installation;
const running = new Map<string, RunningController>();
afterEach(async () => {
  for (const name of [...running.keys()]) await stop(name);
});

async function start(name: string): Promise<RunningController> {
  const config = {
    aws: run.controllerAccess(name),
    desiredTable: 'desired',
    stateTable: 'state',
    resyncSeconds: 60,
    detailSeconds: 300,
    identity: name,
    http: { host: '127.0.0.1', port: 0 },
    mode: 'active',
    logLevel: 'warn',
  } as const;
  const host = {
    clock: run.clock,
    patience: 1,
    random: run.random,
    newToken: () => crypto.randomUUID(),
    figures: false,
    write: () => undefined,
  };
  const controller = await run.clock.drive(startController(config, host));
  running.set(name, controller);
  return controller;
}

async function stop(name: string): Promise<void> {
  const controller = running.get(name);
  running.delete(name);
  if (controller !== undefined) await run.clock.drive(controller.stop());
}

async function ask(controller: RunningController, path: string): Promise<{ status: number; body: string }> {
  const response = await fetch(`${controller.url}${path}`);
  return { status: response.status, body: await response.text() };
}

async function json(controller: RunningController, path: string): Promise<Record<string, unknown>> {
  return JSON.parse((await ask(controller, path)).body) as Record<string, unknown>;
}

/** Of all that run, who says that it leads, and who shows gauges of the fleet. */
async function standing(): Promise<{ leaders: string[]; fleets: string[] }> {
  const leaders: string[] = [];
  const fleets: string[] = [];
  for (const [name, controller] of running) {
    const { body } = await ask(controller, '/metrics');
    if (/^leader_election_master_status\{[^}]*\} 1$/m.test(body)) leaders.push(name);
    if (/^cellwright_(tenants|cell_capacity|infra_group_reserved)\{/m.test(body)) fleets.push(name);
  }
  return { leaders, fleets };
}

async function until(what: string, holds: () => boolean, limitMs: number): Promise<void> {
  const deadline = run.clock.monotonic() + limitMs;
  while (!holds()) {
    if (run.clock.monotonic() > deadline) throw new Error(`${what}: not within ${limitMs} ms`);
    await run.clock.advance(500);
  }
}

it('a standby shows the fleet from the tables, says whose it is and how old, leaves the cells alone, and takes over at a stop', async () => {
  run = await new Installation({ fleet: smallFleet({ tenants: { acme: standard, bolt: standard } }) }).init();
  const alpha = await start('alpha');
  const isReady = (): boolean => {
    const tenants = alpha.leader.term?.view.all('Tenant') ?? [];
    return tenants.length === 2 && tenants.every((entry) => entry.status?.value.phase === 'Ready');
  };
  await until('both tenants Ready', isReady, 600_000);

  const since = run.aws.log.last;
  const beta = await start('beta');
  await run.clock.advance(5_000);
  expect(await json(beta, '/readyz')).toEqual({ status: 'ok', state: 'standing by', reasons: ['alpha leads'] });
  const shown = await json(beta, '/api/tenants');
  expect(shown).toMatchObject({ standby: { leader: 'alpha', readAt: shown.at } });
  expect(shown.items).toMatchObject([
    { name: 'acme', phase: 'Ready', present: true, placements: [{}] },
    { name: 'bolt', phase: 'Ready' },
  ]);
  expect(await json(beta, '/api/tenants/acme')).toMatchObject({ name: 'acme', standby: { leader: 'alpha' } });
  expect(await json(beta, '/api/status')).toMatchObject({ tenants: 2, standby: { leader: 'alpha' } });
  expect((await ask(beta, '/')).body).toContain('This process does not lead (standing by): alpha leads.');
  for (const path of ['/api/plan', '/api/capacity', '/api/room', '/api/rebuild', '/api/adopt?tenant=acme']) {
    const { status, body } = await ask(beta, path);
    expect([path, status, JSON.parse(body)]).toMatchObject([path, 503, { error: { reason: 'NotLeading' } }]);
    expect(body).toContain('alpha leads');
  }
  expect(await standing()).toEqual({ leaders: ['alpha'], fleets: ['alpha'] });
  expect((await json(alpha, '/api/tenants')).standby).toBeUndefined();

  // What is new shows after the next reading; until then the age tells.
  await run.put('Tenant', 'cedar', standard);
  await run.clock.advance(standbyPollMs / 2);
  const { standby } = (await json(beta, '/api/status')) as { standby: { ageSeconds: number } };
  expect(standby.ageSeconds).toBeGreaterThanOrEqual(30);
  await run.clock.advance(standbyPollMs / 2 + 5_000);
  expect(await json(beta, '/api/status')).toMatchObject({ tenants: 3 });

  const calls = run.calls(since).filter((call) => call.principal.endsWith('/beta'));
  const others = calls.filter(
    ({ service, operation }) => service !== 'dynamodb' || !/^(GetItem|Scan)$/.test(operation),
  );
  expect(others).toEqual([]);
  expect(calls.filter(({ operation }) => operation === 'Scan')).toHaveLength(2 * (4 + 1));

  const began = run.clock.monotonic();
  await stop('alpha');
  await until('beta leads', () => beta.leader.lease.isLeader(), 10_000);
  expect(run.clock.monotonic() - began).toBeLessThanOrEqual(2_000);
  await until('beta works', () => beta.leader.term?.working === true, 10_000);
  expect(await standing()).toEqual({ leaders: ['beta'], fleets: ['beta'] });
  expect((await json(beta, '/api/tenants')).standby).toBeUndefined();
  expect((await ask(beta, '/api/plan')).status).toBe(200);
});
