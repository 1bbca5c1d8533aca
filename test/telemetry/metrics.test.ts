import { describe, expect, it } from 'vitest';
import { metricNames, specOf } from '../../src/telemetry/catalogue.ts';
import { knownDrift } from '../../src/telemetry/drift-fields.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { processMetrics } from '../../src/telemetry/metrics-page.ts';
import { scrape, valueOf } from './scrape.ts';

const create = () => createMetrics({ process: false });

describe('the catalogue', () => {
  it('keeps to the naming rules of Prometheus', () => {
    for (const name of metricNames) {
      const { type, help } = specOf(name);
      expect(name, `${name}: counters end in _total, nothing else does`).toSatisfy(
        (text: string) => text.endsWith('_total') === (type === 'counter'),
      );
      if (type === 'histogram') expect(name).toMatch(/_seconds$/);
      expect(name).toMatch(/^(controller_runtime|workqueue|leader_election|cellwright)_[a-z_]+$/);
      expect(help).toMatch(/^[A-Z1].*\.$/);
    }
  });

  it('has no label that could hold the name of a tenant', () => {
    const labels = new Set(metricNames.flatMap((name) => specOf(name).labels));
    for (const label of ['tenant', 'object', 'key', 'endpoint', 'host', 'placement', 'message']) {
      expect(labels.has(label), label).toBe(false);
    }
  });

  it.each([
    ['controller_runtime_reconcile_total', ['controller', 'result']],
    ['controller_runtime_reconcile_time_seconds', ['controller']],
    ['leader_election_master_status', ['name']],
    ['cellwright_drift_detected_total', ['resource', 'field']],
    ['cellwright_drift_healed_total', ['resource', 'field']],
    ['cellwright_heal_duration_seconds', ['resource']],
    ['cellwright_aws_api_calls_total', ['service', 'operation', 'result']],
    ['cellwright_tenants', ['tier', 'phase']],
    ['cellwright_unplaceable_tenants', ['reason']],
    ['cellwright_oldest_unready_tenant_seconds', []],
    ['cellwright_ownership_conflicts', ['resource']],
    ['cellwright_guard_held', ['reason']],
    ['cellwright_orphans', ['kind']],
    ['cellwright_sweeps_total', ['kind']],
    ['cellwright_detail_period_seconds', []],
    ['cellwright_last_sync_timestamp_seconds', []],
  ] as const)('offers %s with the labels that were promised', (name, labels) => {
    expect(specOf(name).labels).toEqual(labels);
  });
});

describe('a fresh registry', () => {
  it('shows drift counters at 0 for every known field of every resource', async () => {
    const series = await scrape(create());
    for (const name of ['cellwright_drift_detected_total', 'cellwright_drift_healed_total']) {
      const found = series.filter((one) => one.name === name);
      expect(found.map((one) => one.labels)).toEqual(knownDrift());
      expect(found.every((one) => one.value === 0)).toBe(true);
    }
  });

  it.each([
    ['controller_runtime_reconcile_errors_total', { controller: 'tenant' }],
    ['controller_runtime_reconcile_total', { controller: 'infra-group', result: 'error' }],
    ['workqueue_retries_total', { name: 'keys', controller: 'cell' }],
    ['cellwright_aws_api_calls_total', { service: 'ecs', operation: 'createService', result: 'throttled' }],
    ['cellwright_sweeps_total', { kind: 'probe' }],
    ['cellwright_sweeps_total', { kind: 'detail' }],
    ['cellwright_heal_duration_seconds_count', { resource: 'dns_record' }],
    ['cellwright_guard_held', { reason: 'removal_budget' }],
    ['cellwright_placement_decisions_total', { outcome: 'unplaceable', reason: 'Insufficient' }],
  ])('shows %s %j at 0', async (name, labels) => {
    expect(await valueOf(create(), name, labels)).toBe(0);
  });

  it('has the usual metrics of a Node.js process, those that the reference names among them', async () => {
    const text = await createMetrics().text();
    for (const name of Object.keys(processMetrics)) expect(text).toContain(`# HELP ${name} `);
  });
});

describe('label values', () => {
  it('fold into other when they lie outside of a closed set', async () => {
    const metrics = create();
    metrics.inc('cellwright_loop_failures_total', { class: 'tenant acme is broken' });
    expect(await valueOf(metrics, 'cellwright_loop_failures_total', { class: 'other' })).toBe(1);
  });

  it('fold into other beyond a thousand, whatever is put in', async () => {
    const metrics = create();
    for (let n = 0; n < 3_000; n += 1)
      metrics.inc('cellwright_drift_detected_total', { resource: 'service', field: `field${n}` });
    const fields = (await scrape(metrics)).filter((one) => one.name === 'cellwright_drift_detected_total');
    expect(fields.length).toBeLessThan(1_200);
    expect(fields.find((one) => one.labels.field === 'field7')?.value).toBe(1);
    const folded = fields.find((one) => one.labels.resource === 'service' && one.labels.field === 'other');
    expect(folded?.value).toBe(2_000);
  });

  it('sum up in a gauge where several are folded, and are forgotten when it is cleared', async () => {
    const metrics = create();
    for (let n = 0; n < 1_002; n += 1) metrics.set('cellwright_cell_cordoned', { cell: `cell-${n}` }, 1);
    expect(await valueOf(metrics, 'cellwright_cell_cordoned', { cell: 'other' })).toBe(2);
    metrics.clear('cellwright_cell_cordoned');
    metrics.set('cellwright_cell_cordoned', { cell: 'fresh' }, 1);
    const left = (await scrape(metrics)).filter((one) => one.name === 'cellwright_cell_cordoned');
    expect(left).toEqual([{ name: 'cellwright_cell_cordoned', labels: { cell: 'fresh' }, value: 1 }]);
  });

  it('are escaped in the text format', async () => {
    const metrics = create();
    metrics.set('cellwright_cell_cordoned', { cell: 'a"} 1\nevil 2' }, 1);
    const names = new Set((await scrape(metrics)).map((one) => one.name));
    expect(names.has('evil')).toBe(false);
  });
});

it('runs collectors before each scrape', async () => {
  const metrics = create();
  let at = 10;
  metrics.beforeScrape(() => metrics.set('cellwright_detail_period_seconds', {}, at));
  expect(await valueOf(metrics, 'cellwright_detail_period_seconds')).toBe(10);
  at = 20;
  expect(await valueOf(metrics, 'cellwright_detail_period_seconds')).toBe(20);
});
