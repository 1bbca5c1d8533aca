import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Program } from '../crash/processes.ts';
import { imageOf, type RecordWriter, recordWriter } from './outside.ts';
import { cellwright, environmentFor, type RouteAnswer, route, type Sim, startSim } from './sim.ts';

// The production controller against the simulated AWS, each in a process of its own, in real time.

const fleet = fileURLToPath(new URL('tiny-fleet.yaml', import.meta.url));
const account = '111111111111';
const oldImage = 'registry.example.com/standard/server:1.0';
const newImage = 'registry.example.com/standard/server:2.0';
/** What a placement takes in real time is about a minute; a busy machine gets four. */
const patienceSeconds = '240';

describe('a tenant written from outside', () => {
  let sim: Sim;
  let controller: Program;
  let records: RecordWriter;

  beforeAll(async () => {
    sim = await startSim('--fleet', fleet, '--apply');
    controller = new Program(['controller'], environmentFor(sim.url));
    await controller.says('"leading"', 60_000);
    records = recordWriter(sim.url);
  });
  afterAll(async () => {
    await controller?.end('SIGTERM');
    await sim?.program.end('SIGTERM');
  });

  const waitFor = (tenant: string, seconds: string) =>
    cellwright(sim.url, 'wait', 'tenant', tenant, '--for', 'ready', '--timeout', seconds);
  /** Who answers under the tenant's name, and with which images. */
  const served = async (tenant: string): Promise<{ answers: readonly RouteAnswer[]; images: string[] }> => {
    const answers = await route(sim.url, `${tenant}.standard.example.com`);
    return { answers, images: await Promise.all(answers.map(({ task = '' }) => imageOf(sim.url, account, task))) };
  };

  it('is nobody before it is written', async () => {
    expect(await waitFor('acme', '5')).toEqual({ code: 2, out: '', err: expect.stringContaining('acme') });
    expect(await route(sim.url, 'acme.standard.example.com')).toEqual([]);
  });

  it('becomes Ready, and is answered for by its own task alone', async () => {
    await records.put({ kind: { S: 'Tenant' }, name: { S: 'acme' }, spec: { M: { tier: { S: 'standard' } } } });
    await records.put({ kind: { S: 'Tenant' }, name: { S: 'bolt' }, spec: { M: { tier: { S: 'standard' } } } });
    expect(await waitFor('acme', '1')).toEqual({ code: 1, out: '', err: expect.stringContaining('acme') });
    expect(await Promise.all([waitFor('acme', patienceSeconds), waitFor('bolt', patienceSeconds)])).toEqual([
      { code: 0, out: 'tenant acme is ready\n', err: expect.anything() },
      { code: 0, out: 'tenant bolt is ready\n', err: expect.anything() },
    ]);
    const [acme, bolt] = await Promise.all([served('acme'), served('bolt')]);
    expect(acme.answers).toMatchObject([{ share: 1, status: 200, tenant: 'acme', account }]);
    expect(bolt.answers).toMatchObject([{ share: 1, status: 200, tenant: 'bolt', account }]);
    expect(acme.answers[0]?.task).not.toBe(bolt.answers[0]?.task);
  });

  it('is Ready again after an update only when nothing but the new definition answers', async () => {
    const neighbour = await served('bolt');
    expect(await served('acme')).toMatchObject({ answers: [{ status: 200 }], images: [oldImage] });
    await records.setImage('acme', newImage);
    expect(await waitFor('acme', patienceSeconds)).toMatchObject({ code: 0 });
    expect(await served('acme')).toMatchObject({ answers: [{ status: 200, tenant: 'acme' }], images: [newImage] });
    expect(await served('bolt')).toEqual(neighbour);
  });
});
