import { beforeEach, describe, expect, it } from 'vitest';
import type { BudgetLevel } from '../../src/aws/budget.ts';
import { callCounter, collectBudgets } from '../../src/telemetry/calls.ts';
import { collectFleet, collectProcess, setBuildInfo } from '../../src/telemetry/gauges.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import { before, condition, fleet, phases, tenant } from '../web/fleet.ts';
import { scrape, valueOf } from './scrape.ts';

let metrics: Metrics;

beforeEach(() => {
  metrics = createMetrics({ process: false });
});

const value = (name: string, labels: Readonly<Record<string, string>> = {}) => valueOf(metrics, name, labels);

describe('the fleet', () => {
  it('counts tenants by tier and phase, 0 for phases that a tier has none in', async () => {
    const tenants = [tenant('a'), tenant('b'), tenant('c', { phase: 'Degraded' })];
    collectFleet(metrics, { ...fleet(0), tenants });
    expect(await value('cellwright_tenants', { tier: 'standard', phase: 'Ready' })).toBe(2);
    expect(await value('cellwright_tenants', { tier: 'standard', phase: 'Degraded' })).toBe(1);
    const premium = (await scrape(metrics)).filter(
      (one) => one.name === 'cellwright_tenants' && one.labels.tier === 'premium',
    );
    expect(premium.map((one) => [one.labels.phase, one.value])).toEqual(phases.map((phase) => [phase, 0]));
  });

  it('forgets what is no longer so', async () => {
    collectFleet(metrics, { ...fleet(0), tenants: [tenant('a', { refusal: 'Insufficient' })] });
    expect(await value('cellwright_unplaceable_tenants', { reason: 'Insufficient' })).toBe(1);
    collectFleet(metrics, { ...fleet(0), tenants: [] });
    expect(await value('cellwright_unplaceable_tenants', { reason: 'Insufficient' })).toBeUndefined();
  });

  it('shows nothing of a fleet on a standby, so that sums over processes are right', async () => {
    collectFleet(metrics, fleet(20));
    collectFleet(metrics, undefined);
    const left = (await scrape(metrics)).filter((one) => /^cellwright_(tenants|cell_|infra_group_)/.test(one.name));
    expect(left).toEqual([]);
    expect(await value('cellwright_orphans', { kind: 'tenant' })).toBe(0);
  });

  it('counts how far the rollout of each tier is, without naming a tenant', async () => {
    const [first] = fleet(0).tiers;
    if (first === undefined) throw new Error('no tier');
    const counts = { done: 3, underWay: 2, failed: 1, waiting: 30, skipped: 0 };
    const rollout = { revision: 'abcdef01', state: 'Halted', counts, failures: [], skipped: [] } as const;
    collectFleet(metrics, { ...fleet(0), tiers: [{ ...first, rollout }] });
    const of = (state: string) => value('cellwright_rollout_tenants', { tier: first.name, state });
    expect([
      await of('done'),
      await of('under_way'),
      await of('failed'),
      await of('waiting'),
      await of('skipped'),
    ]).toEqual([3, 2, 1, 30, 0]);
    expect(await value('cellwright_rollout_halted', { tier: first.name })).toBe(1);
  });

  it('says how much room is left, how long it lasts, and whose loss could not be carried', async () => {
    collectFleet(metrics, fleet(0));
    const tier = { tier: 'standard', cell: '', infra_group: '' };
    expect(await value('cellwright_capacity_room_tenants', tier)).toBe(12);
    expect(await value('cellwright_capacity_used_ratio', tier)).toBe(0.88);
    const group = { tier: 'standard', cell: 'std-euw1-a', infra_group: 'std-euw1-a1' };
    expect(await value('cellwright_capacity_used_ratio', group)).toBe(0.97);
    expect(await value('cellwright_capacity_days_to_full', { tier: 'standard' })).toBe(6.4);
    expect(await value('cellwright_capacity_loss_uncarried', { cell: 'std-euw1-a' })).toBe(1);
    expect(await value('cellwright_capacity_loss_uncarried', { cell: 'std-use1-a' })).toBe(0);
  });

  it('counts what is left in a draining place, by what it is at', async () => {
    collectFleet(metrics, fleet(0));
    const drain = { kind: 'infra-group', name: 'std-euw1-a2' };
    expect(await value('cellwright_drain_placements', { ...drain, standing: 'waiting' })).toBe(20);
    expect(await value('cellwright_drain_placements', { ...drain, standing: 'held' })).toBe(1);
    collectFleet(metrics, { ...fleet(0), drains: [] });
    expect(await value('cellwright_drain_placements', { ...drain, standing: 'held' })).toBeUndefined();
  });

  it('says how long the oldest has been unready', async () => {
    const tenants = [
      tenant('a', { unreadySince: before(90) }),
      tenant('b', { unreadySince: before(300) }),
      tenant('c'),
    ];
    collectFleet(metrics, { ...fleet(0), tenants });
    expect(await value('cellwright_oldest_unready_tenant_seconds')).toBe(300);
    collectFleet(metrics, { ...fleet(0), tenants: [tenant('c')] });
    expect(await value('cellwright_oldest_unready_tenant_seconds')).toBe(0);
  });

  it('counts conditions by reason', async () => {
    const off = tenant('a', { conditions: [condition('DnsReady', 'False', 'ForeignRecord')] });
    collectFleet(metrics, { ...fleet(0), tenants: [off] });
    const labels = { type: 'DnsReady', status: 'False', reason: 'ForeignRecord' };
    expect(await value('cellwright_tenant_status_condition_count', labels)).toBe(1);
  });

  it('counts paused tenants, orphans by kind, refused records and conflicts', async () => {
    const orphans = Array.from({ length: 60 }, (_, n) => ({ kind: 'Tenant', name: `t${n}` }));
    const snapshot = {
      ...fleet(0),
      tenants: [tenant('a', { mode: 'paused' })],
      orphans: [...orphans, { kind: 'Cell', name: 'c' }],
      refused: [{ kind: 'Gadget', name: 'x', problems: [] }],
      strangers: { listener_rule: 2, target_group: 0, dns_record: 1, endpoint: 4 },
    };
    collectFleet(metrics, snapshot, new Map([['listener_rule', 1]]));
    expect(await value('cellwright_paused_tenants')).toBe(1);
    expect(await value('cellwright_orphans', { kind: 'tenant' })).toBe(60);
    expect(await value('cellwright_orphans', { kind: 'cell' })).toBe(1);
    expect(await value('cellwright_refused_records', { kind: 'unknown' })).toBe(1);
    expect(await value('cellwright_ownership_conflicts', { resource: 'listener_rule' })).toBe(3);
    expect(await value('cellwright_ownership_conflicts', { resource: 'dns_record' })).toBe(1);
    expect(await value('cellwright_ownership_conflicts', { resource: 'endpoint' })).toBe(4);
    expect(await value('cellwright_ownership_conflicts', { resource: 'service' })).toBe(0);
  });

  it('bears no name of a tenant', async () => {
    const snapshot = fleet(60);
    collectFleet(metrics, snapshot);
    const values = (await scrape(metrics)).flatMap((one) => Object.values(one.labels));
    const names = new Set(snapshot.tenants.map((one) => one.name));
    expect(values.filter((one) => names.has(one))).toEqual([]);
  });
});

describe('capacity', () => {
  it('shows what is reserved, what may be, and the largest demand that still fits', async () => {
    collectFleet(metrics, fleet(0));
    const cell = 'std-euw1-a';
    expect(await value('cellwright_cell_capacity', { cell, resource_type: 'fargate_vcpu' })).toBe(360);
    expect(await value('cellwright_cell_reserved', { cell, resource_type: 'fargate_vcpu' })).toBeCloseTo(223.2);
    // Two groups of 90 rules with 87 and 28 reserved: 62 is the most that one of them still takes.
    expect(await value('cellwright_cell_largest_free', { cell, resource_type: 'rules' })).toBe(62);
    const group = { infra_group: 'std-euw1-a1', cell, resource_type: 'subnet_addresses' };
    expect(await value('cellwright_infra_group_capacity', group)).toBe(430);
  });

  it('has no figure for what nothing limits or nobody knows', async () => {
    collectFleet(metrics, fleet(0));
    const rps = { infra_group: 'std-euw1-a1', cell: 'std-euw1-a', resource_type: 'rps' };
    expect(await value('cellwright_infra_group_reserved', rps)).toBeGreaterThan(0);
    expect(await value('cellwright_infra_group_capacity', rps)).toBeUndefined();
  });

  it('marks cells that take no new placements', async () => {
    collectFleet(metrics, fleet(0));
    expect(await value('cellwright_cell_cordoned', { cell: 'prm-use1-a' })).toBe(1);
    expect(await value('cellwright_cell_cordoned', { cell: 'std-euw1-a' })).toBe(0);
  });
});

describe('the process', () => {
  it('shows lease and queue', async () => {
    collectProcess(metrics, { isLeader: true, queueDepth: 7, concurrency: 16, resyncSeconds: 300 });
    expect(await value('cellwright_resync_period_seconds')).toBe(300);
    expect(await value('leader_election_master_status', { name: 'cellwright' })).toBe(1);
    expect(await value('workqueue_depth', { name: 'keys', controller: 'all', priority: '' })).toBe(7);
    collectProcess(metrics, { isLeader: false, queueDepth: undefined, concurrency: 16, resyncSeconds: 300 });
    expect(await value('leader_election_master_status', { name: 'cellwright' })).toBe(0);
  });

  it('shows what it is', async () => {
    const date = '2026-01-02T03:04:05.000Z';
    setBuildInfo(metrics, { version: '1.2.3', commit: 'abc', date });
    const labels = { version: '1.2.3', revision: 'abc', build_date: date, node_version: process.version };
    expect(await value('cellwright_build_info', labels)).toBe(1);
  });
});

describe('calls to AWS', () => {
  const report = { service: 'ecs', operation: 'createService', account: '1', code: '', durationMs: 1_500 } as const;

  it('count by result, time in seconds, and attempts after the first', async () => {
    const count = callCounter(metrics);
    count({ ...report, result: 'ok', attempts: 1 });
    count({ ...report, result: 'throttled', code: 'ThrottlingException', attempts: 3 });
    const call = { service: 'ecs', operation: 'createService' };
    expect(await value('cellwright_aws_api_calls_total', { ...call, result: 'ok' })).toBe(1);
    expect(await value('cellwright_aws_api_calls_total', { ...call, result: 'throttled' })).toBe(1);
    expect(await value('cellwright_aws_api_call_retries_total', call)).toBe(2);
    expect(await value('cellwright_aws_api_call_duration_seconds_sum', { service: 'ecs' })).toBe(3);
  });

  it('show of each kind of budget the emptiest, over all accounts', async () => {
    const level = (pool: string, tokens: number, waiting: number): BudgetLevel => {
      return { pool, bucket: 'ecs:serviceModify', tokens, capacity: 50, refillPerSecond: 5, waiting };
    };
    collectBudgets(metrics, [level('1/eu-west-1/ecs', 50, 0), level('2/eu-west-1/ecs', 5, 4)]);
    expect(await value('cellwright_call_budget_level_ratio', { bucket: 'ecs:serviceModify' })).toBe(0.1);
    expect(await value('cellwright_call_budget_waiting', { bucket: 'ecs:serviceModify' })).toBe(4);
  });
});
