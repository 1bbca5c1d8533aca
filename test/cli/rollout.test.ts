import { beforeEach, describe, expect, test } from 'vitest';
import { parseRecord } from '../../src/model/records/parse.ts';
import { nextRollout, type RolloutStatus, shortRevision, type TierRollout } from '../../src/model/rollout.ts';
import type { AcceptedSpec, ObjectStatus } from '../../src/model/state.ts';
import type { Stored } from '../../src/store/state.ts';
import { acceptedSpec, condition, createDesk, type Desk, readyStatus, tierSpec } from './harness.ts';

const at = '2025-12-31T23:00:00.000Z';
const newTier = { ...tierSpec, service: { image: 'registry.example.com/app:2' } };
let desk: Desk;
let rollout: TierRollout;
let tierStored: Stored<AcceptedSpec>;
let tenantStored: Stored<AcceptedSpec>;
let tenantStatus: Stored<ObjectStatus>;

function serviceOf(spec: unknown): unknown {
  const parsed = parseRecord({ kind: 'Tier', name: 'standard', spec });
  return parsed.ok && parsed.record.kind === 'Tier' ? parsed.record.spec.service : undefined;
}

/** A tenant that is Ready with the first revision, and a tier that has a second one by now. */
beforeEach(async () => {
  desk = await createDesk();
  rollout = nextRollout(undefined, undefined, serviceOf(tierSpec), at);
  const tenant = { ...acceptedSpec('Tenant', 'acme', { tier: 'standard', ring: 3 }), tierRevision: rollout.target };
  await desk.drive(
    (async () => {
      await desk.desired.put({ kind: 'Tier', name: 'standard', spec: tierSpec });
      await desk.desired.put({ kind: 'Tenant', name: 'acme', spec: { tier: 'standard', ring: 3 } });
      const tier = { ...acceptedSpec('Tier', 'standard', tierSpec), rollout };
      tierStored = await desk.writer.writeSpec('Tier/standard', tier, undefined);
      tenantStored = await desk.writer.writeSpec('Tenant/acme', tenant, undefined);
      tenantStatus = await desk.writer.writeStatus('Tenant/acme', readyStatus(tenant), undefined);
      await desk.desired.put({ kind: 'Tier', name: 'standard', spec: newTier });
    })(),
  );
});

const shown: RolloutStatus = {
  revision: 'b6d85b56',
  state: 'Halted',
  ring: 0,
  wave: 1,
  waves: 3,
  counts: { done: 2, underWay: 0, failed: 1, waiting: 30, skipped: 1 },
  halted: { at, why: 'every tenant of the wave failed (1)' },
  failures: [
    { tenant: 'bolt', kind: 'not-ready', at, where: 'infra group g1 of cell c1', why: 'not ready within 700 s' },
  ],
  skipped: [{ tenant: 'crane', why: 'mode paused' }],
};

/** The controller has looked at the tier. */
async function looked(status: RolloutStatus): Promise<void> {
  const next = nextRollout(rollout, undefined, serviceOf(newTier), at);
  const spec = { ...acceptedSpec('Tier', 'standard', newTier), generation: 2, rollout: next };
  tierStored = await desk.drive(desk.writer.writeSpec('Tier/standard', spec, tierStored));
  const conditions = [
    condition('Accepted', 'True', 'Valid'),
    condition('RolledOut', 'False', status.state, 'ring 0, wave 1 of 3: stopped'),
  ];
  const tierStatus = { phase: 'Degraded', generation: 2, observedGeneration: 1, conditions, rollout: status };
  await desk.drive(desk.writer.writeStatus('Tier/standard', tierStatus, undefined));
}

describe('a tenant that waits for its turn', () => {
  test('is not ready for what stands in the table, and wait says what it waits for', async () => {
    const early = await desk.cli('wait tenant acme --timeout 1');
    expect(early.code).toBe(1);
    expect(early.err).toContain('no controller has looked at tier standard as it stands now');
    await looked(shown);
    const later = await desk.cli('wait tenant acme --timeout 1');
    expect(later.code).toBe(1);
    expect(later.err).toContain(
      'why: RolledOut (Halted): waits for ring 3 of the rollout of tier standard; it is at: ring 0, wave 1 of 3: stopped',
    );
  });

  test('is told why where it failed', async () => {
    const [failure] = shown.failures;
    if (failure === undefined) throw new Error('none');
    await looked({ ...shown, failures: [{ ...failure, tenant: 'acme' }] });
    expect((await desk.cli('wait tenant acme --timeout 1')).err).toContain(
      'failed in the rollout of its tier: not ready within 700 s',
    );
  });

  test('is told why where it is left out', async () => {
    await looked({ ...shown, skipped: [{ tenant: 'acme', why: 'mode paused' }] });
    expect((await desk.cli('wait tenant acme --timeout 1')).err).toContain(
      'skipped by the rollout of its tier: mode paused',
    );
  });

  test('is Ready all the same: its status speaks of all that it may have yet', async () => {
    await looked(shown);
    expect((await desk.cli('get tenants')).out).toMatch(/acme .*Ready/);
  });

  test('is met once it has what its tier says', async () => {
    await looked(shown);
    const spec = {
      ...acceptedSpec('Tenant', 'acme', { tier: 'standard', ring: 3 }, newTier),
      generation: 2,
      tierRevision: nextRollout(rollout, undefined, serviceOf(newTier), at).target,
    };
    await desk.drive(desk.writer.writeSpec('Tenant/acme', spec, tenantStored));
    await desk.drive(desk.writer.writeStatus('Tenant/acme', readyStatus(spec), tenantStatus));
    expect((await desk.cli('wait tenant acme --timeout 1')).code).toBe(0);
  });

  test('may be suspended without waiting for anything', async () => {
    await looked(shown);
    const record = { tier: 'standard', ring: 3, state: 'suspended' };
    const spec = { ...acceptedSpec('Tenant', 'acme', record), generation: 2, tierRevision: rollout.target };
    await desk.drive(desk.desired.put({ kind: 'Tenant', name: 'acme', spec: record }));
    await desk.drive(desk.writer.writeSpec('Tenant/acme', spec, tenantStored));
    await desk.drive(desk.writer.writeStatus('Tenant/acme', readyStatus(spec, { phase: 'Suspended' }), tenantStatus));
    expect((await desk.cli('wait tenant acme --for suspended --timeout 1')).code).toBe(0);
  });
});

test('describe tier shows how far it is, who failed and who is left out', async () => {
  await looked(shown);
  const { out } = await desk.cli('describe tier standard');
  for (const line of [
    'revision b6d85b56: Halted, ring 0, wave 1 of 3',
    'tenants: 2 done, 0 under way, 1 failed, 30 waiting, 1 skipped',
    `halted ${at}: every tenant of the wave failed (1)`,
    'failed: bolt (not-ready, infra group g1 of cell c1): not ready within 700 s',
    'skipped: crane: mode paused',
    'Next: change service of tier standard',
  ])
    expect(out).toContain(line);
  const json = await desk.cli('describe tier standard -o json');
  expect(JSON.parse(json.out)).toMatchObject({ status: { rollout: { state: 'Halted', counts: { waiting: 30 } } } });
  expect(shortRevision(rollout.target)).toMatch(/^[0-9a-f]{8}$/);
});
