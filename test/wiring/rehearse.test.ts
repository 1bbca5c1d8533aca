import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { seedsOf } from '../../src/wiring/rehearse/seed.ts';
import { Stage } from '../../src/wiring/rehearse/stage.ts';
import { Timeline } from '../../src/wiring/rehearse/timeline.ts';
import { cell, group, tenant, tier } from '../support/fleet-plan.ts';
import { land, play, rehearsed, startAt, tenants } from './rehearse-support.ts';

describe('a change of a tier', () => {
  test('goes out in the waves that it asks for, however long they are watched', async () => {
    const [first] = land();
    const service = { ...(first?.spec.service as object), image: 'registry.example.com/server:2' };
    const next = tier('standard', { service, rollout: { wavePercents: [50, 100], bakeSeconds: 1_800 } });
    const report = await play([next], { base: [...land(), ...tenants(2)] });
    expect(report).toMatchObject({ ok: true, settled: true, tenants: { total: 2, asWanted: 2 } });
    expect(report.durationSeconds).toBeGreaterThan(3_600);
    expect(report.waits[0]?.what).toBe('its turn in the rollout of its tier');
    expect(report.events.filter(({ reason }) => reason === 'WaveStarted')).toHaveLength(2);
  });
});

describe('a fleet that fits', () => {
  test('is as wanted, with who is where, what it took and what was waited for', async () => {
    const report = await play([...land(), ...tenants(4)]);
    expect(report).toMatchObject({
      version: 1,
      ok: true,
      settled: true,
      base: null,
      tenants: { total: 4, asWanted: 4, byPhase: { Ready: 4 } },
      records: { Fleet: 0, Tier: 1, Cell: 2, InfraGroup: 2, Tenant: 4 },
      invalid: [],
      unplaceable: [],
      notReady: [],
      removed: [],
      held: [],
      failures: [],
      startAt: '2026-03-01T08:00:00.000Z',
    });
    // A task takes about 40 s to start and a name about 30 s to spread: neither an instant nor half an hour.
    expect(report.durationSeconds).toBeGreaterThan(45);
    expect(report.durationSeconds).toBeLessThan(600);
    expect(report.observedSeconds - report.durationSeconds).toBeLessThan(2);
    expect(report.placements.map(({ tenant: name }) => name)).toEqual(['t-1', 't-2', 't-3', 't-4']);
    for (const placement of report.placements) {
      expect(placement).toMatchObject({ isNew: true, phase: 'serving' });
      expect(placement.why).toContain(placement.infraGroup);
      expect(placement.slot).toBeGreaterThanOrEqual(0);
    }
    expect(report.groups.map(({ infraGroup, added }) => [infraGroup, added])).toEqual(
      ['east-a', 'west-a'].map((name) => [name, report.placements.filter((one) => one.infraGroup === name).length]),
    );
    const clusters = report.calls.find(({ operation }) => operation === 'CreateCluster');
    const counts = { calls: 4, ok: 4, throttled: 0, errors: {} };
    expect(clusters).toEqual({ service: 'ecs', operation: 'CreateCluster', mutating: true, ...counts });
    expect(report.changes.find(({ resource }) => resource === 'service')).toMatchObject({ created: 4, deleted: 0 });
    const ready = report.events.filter(({ reason }) => reason === 'Ready');
    expect(ready.map(({ name }) => name).sort()).toEqual(['t-1', 't-2', 't-3', 't-4']);
    const times = report.events.map(({ seconds }) => seconds);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(Math.max(...ready.map(({ seconds }) => seconds))).toBeLessThanOrEqual(report.durationSeconds);
  });

  test('few tenants wait for their tasks, and no bucket binds', async () => {
    const report = await play([...land(), ...tenants(1)]);
    expect(report.bottleneck.kind).toBe('wait');
    expect(report.waits.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    const spent = report.waits.reduce((sum, { lastTenantSeconds }) => sum + lastTenantSeconds, 0);
    // All of the last tenant's time is accounted for, from the write to the moment at which it was as wanted.
    expect(spent).toBeCloseTo(report.durationSeconds, 0);
  });

  test('tenants that are many for the calls of their account wait for those', async () => {
    // A tenth of the buckets is as tight for twelve tenants as all of them are for many.
    const fleet = { kind: 'Fleet', name: 'default', spec: { callShare: 0.1 } };
    const one = cell('east', 'standard', 1);
    const report = await play([fleet, tier('standard'), one, group('east-a', one), ...tenants(12)]);
    expect(report).toMatchObject({ ok: true, callShare: 0.1 });
    expect(report.bottleneck).toMatchObject({ kind: 'bucket', account: '111111111111' });
    const [tightest] = report.limits;
    expect(tightest).toMatchObject({ account: '111111111111', region: 'us-east-1', binds: true });
    for (const { tokens, capacity, refillPerSecond, floorSeconds, floorAtCallShareSeconds } of report.limits) {
      expect(floorSeconds).toBeCloseTo(Math.max(0, tokens - capacity) / refillPerSecond);
      expect(floorAtCallShareSeconds).toBeLessThanOrEqual(report.durationSeconds * 1.02);
      expect(floorAtCallShareSeconds).toBeGreaterThanOrEqual(floorSeconds);
    }
    // A zone's buckets are its account's, whatever the Region; what the stream's reader draws says nothing of the fleet.
    expect(report.limits.find(({ bucket }) => bucket === 'route53/account')?.region).toBeNull();
    expect(report.limits.filter(({ bucket }) => bucket.includes('GetRecords'))).toEqual([]);
  });

  test('depends on nothing but its records and its seed', async () => {
    const records = [...land(), ...tenants(3)];
    const first = await play(records, { seed: 5 });
    expect(await play(records, { seed: 5 })).toEqual(first);
    expect((await play(records, { seed: 6 })).placements).not.toEqual(first.placements);
  });

  test('makes the very same calls when it is played again', async () => {
    const trace = async () => {
      const records = rehearsed([...land(), ...tenants(3)]);
      const stage = new Stage({ seeds: seedsOf([], records), seed: 9, startAt });
      const timeline = new Timeline(stage.clock, { status: () => undefined, isDone: () => false });
      await stage.open();
      await stage.write(records);
      stage.start(timeline.observer);
      await stage.advance(420_000);
      await stage.close();
      return stage.aws.log.since(0, 1_000_000);
    };
    const calls = await trace();
    expect(calls.length).toBeGreaterThan(300);
    expect(await trace()).toEqual(calls);
  });
});

describe('what does not fit', () => {
  const tight = land({ quotas: { targetGroups: 2, rules: 2 } }).map((record) =>
    record.kind === 'Tier' ? tier('standard', { placement: { strategy: 'pack', reservePercent: 0 } }) : record,
  );

  test('is named with the reason and the remedies as the controller gives them', async () => {
    const report = await play([...tight, ...tenants(5)]);
    expect(report).toMatchObject({ ok: false, settled: true, tenants: { total: 5, asWanted: 4 }, notReady: [] });
    const [left, ...others] = report.unplaceable;
    expect(others).toEqual([]);
    expect(left).toMatchObject({ tier: 'standard', reason: 'Unplaceable' });
    expect(left?.message).toContain(
      '0 of 1 placement could be found. Of 2 infra groups of tier standard: 2 Insufficient(',
    );
    expect(left?.remedies.map(({ kind }) => kind)).toContain('AddInfraGroup');
    expect(left?.remedies.every(({ text }) => text.length > 0)).toBe(true);
    expect(report.tenants.byPhase).toEqual({ Ready: 4, Unplaceable: 1 });
    const [east] = report.groups;
    expect(east?.room).toContainEqual({ dimension: 'targetGroups', used: 2, usable: 2 });
  });

  test('fits once the change raises the quota', async () => {
    const roomy = cell('west', 'standard', 2);
    const change = [group('west-a', roomy, { quotas: { targetGroups: 3, rules: 3 } })];
    const report = await play(change, { base: [...tight, ...tenants(5)] });
    expect(report.base).toMatchObject({ settled: true, tenants: 5, placements: 4 });
    expect(report.base?.notAsWanted).toHaveLength(1);
    expect(report).toMatchObject({ ok: true, unplaceable: [] });
    expect(report.placements.filter(({ isNew }) => isNew)).toMatchObject([{ infraGroup: 'west-a' }]);
  });

  test('is invalid where records contradict each other, and the last good spec goes on', async () => {
    const moved = tier('standard', { domain: 'other.example.com' });
    const change = [moved, tenant('stray', 'nowhere'), tenant('t-1', 'standard', { state: 'suspended' })];
    const report = await play(change, { base: [...land(), ...tenants(2)] });
    expect(report.ok).toBe(false);
    expect(report.settled).toBe(true);
    expect(report.invalid).toMatchObject([
      { kind: 'Tier', name: 'standard', field: 'spec.domain', found: 'other.example.com' },
      { kind: 'Tenant', name: 'stray', field: 'spec.tier', found: 'nowhere' },
    ]);
    expect(report.tenants.byPhase).toMatchObject({ Ready: 1, Suspended: 1 });
  });

  test('cannot be played where the records name an impossible AWS', async () => {
    const one = cell('east', 'standard', 1);
    const other = cell('west', 'standard', 2);
    const shared = group('west-a', other, { vpcId: group('east-a', one).spec['vpcId'] });
    await expect(play([tier('standard'), one, other, group('east-a', one), shared])).rejects.toMatchObject({
      name: 'RehearsalError',
      message: expect.stringContaining('InfraGroup west-a: vpcId'),
    });
  });
});

describe('a change on what stands', () => {
  test('is measured alone: suspended, deleted, and more placements', async () => {
    const base = [tier('standard', { retentionDays: 0 }), ...land().slice(1), ...tenants(4)];
    const change = [
      tenant('t-1', 'standard', { state: 'suspended' }),
      tenant('t-2', 'standard', { state: 'deleted' }),
      tenant('t-3', 'standard', { placements: 2 }),
    ];
    const report = await play(change, { base });
    expect(report).toMatchObject({
      ok: true,
      base: { settled: true, tenants: 4, placements: 4, notAsWanted: [] },
      tenants: { total: 4, asWanted: 4, byPhase: { Ready: 2, Suspended: 1, Deleted: 1 } },
    });
    expect(report.removed.map(({ tenant: name, state }) => [name, state])).toEqual([
      ['t-1', 'suspended'],
      ['t-2', 'gone'],
    ]);
    const added = report.placements.filter(({ isNew }) => isNew);
    expect(added.map(({ tenant: name }) => name)).toEqual(['t-3']);
    expect(new Set(report.placements.filter((one) => one.tenant === 't-3').map((one) => one.cell)).size).toBe(2);
    const calls = (operation: string): number => report.calls.find((count) => count.operation === operation)?.ok ?? 0;
    expect([calls('CreateCluster'), calls('DeleteCluster'), calls('DeleteTargetGroup')]).toEqual([1, 1, 1]);
    // Out of DNS, INSYNC, a minute for resolvers, then the tasks, the service's draining and the rest.
    expect(report.durationSeconds).toBeGreaterThan(120);
    expect(report.waits.map(({ what }) => what)).toContain('resolvers to forget the name');
    expect(report.events.find(({ reason }) => reason === 'Deleted')).toMatchObject({ kind: 'Tenant', name: 't-2' });
    expect(report.events.every(({ seconds }) => seconds >= 0)).toBe(true);
  });

  test('is held back by the removal budget, which is told, and goes on', async () => {
    const fleet = { kind: 'Fleet', name: 'default', spec: { removals: { perTenMinutes: 1 } } };
    const change = ['t-1', 't-2'].map((name) => tenant(name, 'standard', { state: 'deleted' }));
    const report = await play(change, { base: [fleet, ...land(), ...tenants(3)] });
    expect(report.ok).toBe(true);
    expect(report.durationSeconds).toBeGreaterThan(600);
    expect(report.held).toMatchObject([{ reason: 'removal_budget', open: false }]);
    // Held until the window passed: the rest of the ten minutes that the first removal is in it.
    expect(report.held[0]?.untilSeconds).toBeGreaterThan(590);
    expect(report.held[0]?.message).toContain('1 of 1 removals of the last ten minutes are used');
    expect(report.removed.map(({ state }) => state)).toEqual(['gone', 'gone']);
    expect(report.bottleneck).toMatchObject({ kind: 'wait', what: 'the removal budget' });
  });

  test('of which nothing differs takes no time', async () => {
    const base = [...land(), ...tenants(2)];
    const report = await play(tenants(1), { base });
    expect(report).toMatchObject({
      ok: true,
      durationSeconds: 0,
      changes: [],
      waits: [],
      bottleneck: { kind: 'none' },
    });
  });

  test('that never comes to its end is told with what is in the way', async () => {
    const change = [tenant('t-1', 'standard', { mode: 'paused', placements: 2 })];
    const report = await play(change, { base: [...land(), ...tenants(1)] });
    expect(report).toMatchObject({ ok: false, settled: false });
    expect(report.notReady).toMatchObject([{ kind: 'Tenant', name: 't-1', reason: 'Paused' }]);
    expect(report.observedSeconds - report.durationSeconds).toBeGreaterThanOrEqual(719);
  });
});

test('stops at the limit of virtual time, and says what is not ready', async () => {
  const report = await play([...land(), ...tenants(2)], { hours: 0.01 });
  expect(report).toMatchObject({ ok: false, settled: false, observedSeconds: 36 });
  expect(report.notReady.map(({ name, phase }) => [name, phase])).toContainEqual(['t-1', 'Provisioning']);
});

test('knows nothing of the AWS of whoever runs it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cellwright-rehearse-'));
  const config = join(folder, 'config');
  writeFileSync(config, '[default]\nregion = nowhere\nuse_fips_endpoint = perhaps\nmax_attempts = many\n');
  const foreign = { AWS_CONFIG_FILE: config, AWS_PROFILE: 'none-such', AWS_USE_FIPS_ENDPOINT: 'perhaps' };
  Object.assign(process.env, foreign);
  try {
    const report = await play([...land(), ...tenants(1)]);
    expect(report.ok).toBe(true);
    expect(process.env).toMatchObject(foreign);
    expect(process.env['AWS_SHARED_CREDENTIALS_FILE']).toBeUndefined();
  } finally {
    for (const name of Object.keys(foreign)) delete process.env[name];
    rmSync(folder, { recursive: true });
  }
});

test('tells how far it is', async () => {
  const seen: { stage: string; seconds: number; asWanted: number; objects: number }[] = [];
  await play([tenant('t-2', 'standard')], {
    base: [...land(), ...tenants(1)],
    onProgress: (progress) => void seen.push(progress),
  });
  expect(new Set(seen.map(({ stage }) => stage))).toEqual(new Set(['base', 'change']));
  expect(seen.at(-1)).toMatchObject({ stage: 'change', asWanted: 7, objects: 7 });
});
