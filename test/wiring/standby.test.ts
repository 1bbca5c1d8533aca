import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { createClock } from '../../src/model/clock.ts';
import { createDynamo } from '../../src/store/client.ts';
import { createDesiredTable } from '../../src/store/desired.ts';
import { type RunningController, startController } from '../../src/wiring/controller.ts';
import { createFleetAws, embeddedAccess } from '../../src/wiring/simulated.ts';
import { patienceFor } from '../../src/wiring/start.ts';
import { poll } from '../crash/processes.ts';

const fleetFile = fileURLToPath(new URL('../conformance/tiny-fleet.yaml', import.meta.url));
/** A minute is a quarter of a second. */
const scale = 240;

const running: RunningController[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((controller) => controller.stop()));
});

it('a standby serves the fleet by the two tables, says who leads, leaves the stream, the cells and the gauges to the leader, and takes over', async () => {
  const clock = createClock({ scale });
  const tables = { desiredTable: 'desired', stateTable: 'state' };
  const world = { clock, seed: 1, throttle: false, region: 'us-east-1', fleetFile, apply: true, random: () => 0.5 };
  const aws = await createFleetAws({ ...tables, ...world });
  const dynamo = createDynamo(embeddedAccess(aws, 'us-east-1', 'user'), { clock, random: Math.random });
  await createDesiredTable(dynamo, 'desired').put({ kind: 'Tenant', name: 'acme', spec: { tier: 'standard' } });
  const start = async (identity: string): Promise<RunningController> => {
    const http = { host: '127.0.0.1', port: 0 };
    const config = {
      resyncSeconds: 60,
      detailSeconds: 120,
      identity,
      http,
      mode: 'active',
      logLevel: 'silent',
    } as const;
    const host = { clock, patience: patienceFor(scale), random: Math.random, newToken: () => crypto.randomUUID() };
    const controller = await startController(
      { ...tables, aws: embeddedAccess(aws, 'us-east-1', identity), ...config },
      { ...host, figures: false },
    );
    running.push(controller);
    return controller;
  };
  const get = async (controller: RunningController, path: string) => {
    const answer = await fetch(`${controller.url}${path}`);
    const text = await answer.text();
    return { code: answer.status, text, body: text.startsWith('{') ? (JSON.parse(text) as Record<string, never>) : {} };
  };
  const ready = async (controller: RunningController): Promise<boolean> => {
    const { body } = await get(controller, '/api/tenants');
    const items = (body['items'] ?? []) as readonly { phase: string }[];
    return items.length > 0 && items.every(({ phase }) => phase === 'Ready');
  };
  const leader = await start('first');
  await poll(() => ready(leader));
  const before = aws.log.last;
  const second = await start('second');
  await poll(() => ready(second));
  const list = await get(second, '/api/tenants');
  expect(list.body['standingBy']).toMatchObject({ leader: expect.stringContaining('first#') as string });
  expect((await get(second, '/readyz')).body).toMatchObject({ status: 'ok', state: 'standing by' });
  expect((await get(second, '/')).text).toMatch(/This process stands by: first#\S+ leads/);
  // What it read before another leader's writes is seen at the latest one resync later.
  const age = clock.now() - Date.parse(String(list.body['at']));
  expect(age).toBeLessThan(70_000);
  for (const path of ['/api/plan', '/api/capacity', '/api/check', '/api/rebuild']) {
    const { code, body } = await get(second, path);
    expect([path, code, body['error']]).toEqual([path, 503, expect.objectContaining({ reason: 'StandingBy' })]);
  }
  const metrics = (await get(second, '/metrics')).text;
  expect(metrics).toMatch(/leader_election_master_status\{[^}]*\} 0/);
  expect(metrics).not.toMatch(/^cellwright_tenants\{/m);
  expect((await get(leader, '/metrics')).text).toMatch(/leader_election_master_status\{[^}]*\} 1/);
  const calls = aws.log.since(before, 1_000_000).filter(({ principal }) => principal.endsWith('/second'));
  expect(new Set(calls.map(({ service }) => service))).toEqual(new Set(['dynamodb']));
  expect(calls.filter(({ mutating }) => mutating)).toEqual([]);
  running.splice(running.indexOf(leader), 1);
  await leader.stop();
  await poll(async () => (await get(second, '/readyz')).body['state'] === 'leading');
  expect((await get(second, '/api/tenants')).body['standingBy']).toBeUndefined();
  expect((await get(second, '/api/plan')).code).toBe(200);
});
