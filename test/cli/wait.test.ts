import { beforeEach, describe, expect, test } from 'vitest';
import type { ObjectStatus } from '../../src/model/state.ts';
import { createStateReader } from '../../src/store/state.ts';
import { stateTable } from '../store/world.ts';
import { acceptedSpec, condition, createDesk, type Desk, readyStatus, settleTenant, tierSpec } from './harness.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await createDesk();
});

const put = (name: string, spec: unknown): Promise<void> =>
  desk.drive(desk.desired.put({ kind: 'Tenant', name, spec }));

/** What the controller writes when it has accepted a spec as `generation`; `status` says how far it got. */
async function controllerWrites(
  name: string,
  spec: unknown,
  generation: number,
  status: Partial<ObjectStatus> = {},
  tier?: unknown,
): Promise<void> {
  const before = await desk.drive(createStateReader(desk.world.dynamo, stateTable).query(`Tenant/${name}`));
  const accepted = { ...acceptedSpec('Tenant', name, spec, tier), generation };
  await desk.drive(desk.writer.writeSpec(`Tenant/${name}`, accepted, before.spec));
  await desk.drive(desk.writer.writeStatus(`Tenant/${name}`, readyStatus(accepted, status), before.status));
}

describe('wait', () => {
  test('returns at once when the tenant is as its record says', async () => {
    await settleTenant(desk, 'acme');
    const run = await desk.cli('wait tenant acme --for ready --timeout 5');
    expect(run).toEqual({ code: 0, out: 'tenant acme is ready\n', err: '' });
  });

  test('never returns early after an update, whatever the old status says', async () => {
    const old = await settleTenant(desk, 'acme');
    const next = { tier: 'standard', service: { tasks: 3 } };
    await put('acme', next);
    const run = desk.begin('wait tenant acme --for ready --timeout 60 -o json');
    await desk.until(() => run.err().includes('NotLookedAt'), 'the record is newer');
    // Accepted, but what is live is still the old generation.
    await controllerWrites('acme', next, 2, { generation: 1, observedGeneration: 1, observedHash: old.hash });
    await desk.until(() => run.err().includes('generation 2 is accepted, 1 is live'), 'accepted');
    const conditions = [
      condition('Accepted', 'True', 'Valid'),
      condition('Ready', 'False', 'Deploying', '1 of 3 tasks'),
    ];
    await controllerWrites('acme', next, 2, {
      generation: 2,
      observedGeneration: 1,
      observedHash: old.hash,
      conditions,
    });
    await desk.until(() => run.err().includes('Ready (Deploying): 1 of 3 tasks'), 'deploying');
    expect(run.out()).toBe('');
    await controllerWrites('acme', next, 2);
    const done = await desk.drive(run.done);
    expect(done.code).toBe(0);
    expect(JSON.parse(done.out)).toMatchObject({ kind: 'Tenant', name: 'acme', for: 'ready', met: true });
  });

  test('the tier counts too: a change of it is a change of the tenant', async () => {
    await settleTenant(desk, 'acme');
    const tier = { ...tierSpec, service: { image: 'registry.example.com/app:2' } };
    await desk.drive(desk.desired.put({ kind: 'Tier', name: 'standard', spec: tier }));
    const early = await desk.cli('wait tenant acme --timeout 2');
    expect(early.code).toBe(1);
    await controllerWrites('acme', { tier: 'standard' }, 2, {}, tier);
    expect((await desk.cli('wait tenant acme --timeout 2')).code).toBe(0);
  });

  test('a status of another generation than the accepted one does not count, although its hash is right', async () => {
    const accepted = await settleTenant(desk, 'acme');
    await controllerWrites('acme', { tier: 'standard' }, 3, {
      generation: 1,
      observedGeneration: 1,
      observedHash: accepted.hash,
    });
    expect((await desk.cli('wait tenant acme --timeout 1')).code).toBe(1);
  });

  test('at the time-out it is 1 and names what is in the way', async () => {
    await settleTenant(desk, 'acme');
    const conditions = [
      condition('Accepted', 'True', 'Valid'),
      condition('Ready', 'False', 'Unhealthy', 'TargetsHealthy: 0 of 1'),
    ];
    await controllerWrites('acme', { tier: 'standard' }, 1, { phase: 'Degraded', conditions });
    const run = await desk.cli('wait tenant acme --for ready --timeout 3 -o json');
    expect(run.code).toBe(1);
    expect(run.err).toContain(
      'error: tenant acme is not ready after 3 s\n  why: Ready (Unhealthy): TargetsHealthy: 0 of 1\n',
    );
    expect(JSON.parse(run.out)).toMatchObject({
      error: { reason: 'TimedOut', met: false, blocking: { condition: 'Ready', reason: 'Unhealthy' } },
    });
  });

  test('an invalid record is named as what is in the way', async () => {
    await put('acme', { tier: 'standard', tasks: 1 });
    const run = await desk.cli('wait tenant acme --timeout 1');
    expect(run.code).toBe(1);
    expect(run.err).toContain('why: Accepted (Invalid): spec.tasks: found number, expected');
  });

  test('suspended and deleted want the record to say so, and the controller to have done it', async () => {
    await settleTenant(desk, 'acme');
    const wrong = await desk.cli('wait tenant acme --for suspended --timeout 1');
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain('the record says state: active, not suspended');
    const suspended = { tier: 'standard', state: 'suspended' };
    const conditions = [
      condition('Accepted', 'True', 'Valid'),
      condition('Synced', 'True', 'InSync'),
      condition('Ready', 'False', 'Suspended'),
    ];
    await put('acme', suspended);
    await controllerWrites('acme', suspended, 2, { phase: 'Suspended', conditions });
    expect((await desk.cli('wait tenant acme --for suspended --timeout 1')).code).toBe(0);
    const ready = await desk.cli('wait tenant acme --for ready --timeout 1');
    expect(ready.code).toBe(1);
    const deleted = { tier: 'standard', state: 'deleted' };
    await put('acme', deleted);
    await controllerWrites('acme', deleted, 3, { phase: 'Retained', conditions });
    const retained = await desk.cli('wait tenant acme --for deleted --timeout 1');
    expect(retained.err).toContain('the phase is Retained, not Deleted');
    await controllerWrites('acme', deleted, 3, { phase: 'Deleted', conditions });
    expect((await desk.cli('wait tenant acme --for deleted --timeout 1')).code).toBe(0);
  });

  test('without a record it is 2, also when the controller remembers one', async () => {
    expect((await desk.cli('wait tenant nobody --timeout 5')).code).toBe(2);
    await settleTenant(desk, 'acme');
    await desk.drive(desk.desired.delete('Tenant', 'acme'));
    const run = await desk.cli('wait tenant acme --timeout 5');
    expect(run.code).toBe(2);
    expect(run.err).toContain('the desired table has no record Tenant/acme');
  });

  test('an interrupt is 130', async () => {
    await put('acme', { tier: 'standard' });
    const run = desk.begin('wait tenant acme');
    await desk.until(() => run.err() !== '', 'progress');
    run.interrupt();
    expect(await desk.drive(run.done)).toMatchObject({ code: 130, out: '' });
  });

  test.each(['wait tenant acme --for happy', 'wait tenant acme --timeout soon', 'wait cell eu-1', 'wait tenant Acme'])(
    'refuses: %s',
    async (line) => {
      expect((await desk.cli(line)).code).toBe(2);
    },
  );
});
