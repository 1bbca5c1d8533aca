import { beforeEach, describe, expect, it } from 'vitest';
import { FleetView } from '../../src/controller/fleet/view.ts';
import type { Outcome } from '../../src/controller/outcome.ts';
import { CallError } from '../../src/model/errors.ts';
import type { Change, ChangeReason, FieldChange } from '../../src/model/resources.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import { createObserver, type Observer } from '../../src/telemetry/observer.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { valueOf } from './scrape.ts';

let clock: VirtualClock;
let metrics: Metrics;
let observer: Observer;
let view: FleetView;
let events: string[];
let lines: Record<string, unknown>[];

beforeEach(() => {
  clock = new VirtualClock();
  metrics = createMetrics({ process: false });
  view = new FleetView();
  events = [];
  lines = [];
  observer = createObserver({
    metrics,
    clock,
    logger: createLogger({
      level: 'debug',
      clock,
      write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
    }),
    events: (key, event) => void events.push(`${key} ${event.type} ${event.reason}`),
    view: () => view,
  });
});

const base = { placement: 'p1', name: 'svc-1', kind: 'service' } as const;
const field = (name: string): FieldChange => ({ field: name, before: 'secret-before', after: 'secret-after' });
const update = (fields: readonly string[], reason: ChangeReason = 'drift'): Change => ({
  ...base,
  action: 'update',
  fields: fields.map(field),
  reason,
});
const gone: Change = { ...base, action: 'create', reason: 'drift' };

const detected = (name: string) =>
  valueOf(metrics, 'cellwright_drift_detected_total', { resource: 'service', field: name });
const healed = (name: string) =>
  valueOf(metrics, 'cellwright_drift_healed_total', { resource: 'service', field: name });

/** One run of the tenant's key, with what happens in it. */
function run(outcome: Outcome, work: () => void = () => undefined, key = 'Tenant/acme'): void {
  observer.queue.started(key, 'detail', 0);
  work();
  observer.queue.finished(key, outcome, 100);
}

const settled: Outcome = { kind: 'settled' };

describe('drift', () => {
  it('counts once for as long as it lasts, however many passes see it', async () => {
    for (let pass = 0; pass < 5; pass += 1) {
      run({ kind: 'progressing', checkInMs: 1, what: '' }, () => observer.change(update(['tags']), 'seen', 'acme'));
      await clock.advance(1_000);
    }
    expect(await detected('tags')).toBe(1);
    expect(await healed('tags')).toBe(0);
    expect(events).toEqual(['Tenant/acme Warning DriftDetected']);
  });

  it('counts each field by itself, also one that comes later', async () => {
    observer.change(update(['tags']), 'seen', 'acme');
    observer.change(update(['tags', 'desiredCount']), 'seen', 'acme');
    expect([await detected('tags'), await detected('desiredCount')]).toEqual([1, 1]);
  });

  it('is measured from first sight to the change that heals it', async () => {
    observer.change(update(['tags']), 'seen', 'acme');
    await clock.advance(40_000);
    observer.change(update(['tags']), 'seen', 'acme');
    observer.change(update(['tags']), 'applied', 'acme');
    expect(await healed('tags')).toBe(1);
    expect(await valueOf(metrics, 'cellwright_heal_duration_seconds_sum', { resource: 'service' })).toBe(40);
    expect(events).toEqual(['Tenant/acme Warning DriftDetected', 'Tenant/acme Normal DriftHealed']);
    expect(observer.activity().healing[0]).toMatchObject({ what: 'healed', seconds: 40, fields: ['tags'] });
  });

  it('counts again when it comes back after it was healed', async () => {
    for (let time = 0; time < 3; time += 1) {
      observer.change(update(['tags']), 'seen', 'acme');
      observer.change(update(['tags']), 'applied', 'acme');
    }
    expect([await detected('tags'), await healed('tags')]).toEqual([3, 3]);
  });

  it('counts again after somebody else put it right in between', async () => {
    run({ kind: 'held', reason: 'route_closure', checkInMs: 1 }, () =>
      observer.change(update(['tags']), 'seen', 'acme'),
    );
    await clock.advance(1_000);
    run(settled);
    await clock.advance(1_000);
    run(settled, () => observer.change(update(['tags']), 'seen', 'acme'));
    expect(await detected('tags')).toBe(2);
    expect(await healed('tags')).toBe(0);
  });

  it('of an observed fleet counts once, though every run settles with it unhealed', async () => {
    for (let pass = 0; pass < 4; pass += 1) {
      run(settled, () => observer.change(update(['tags']), 'seen', 'acme'));
      await clock.advance(1_000);
    }
    expect(await detected('tags')).toBe(1);
  });

  it('of a resource that is gone is _missing, of one too many _extra', async () => {
    observer.change(gone, 'seen', 'acme');
    observer.change({ ...base, action: 'delete', reason: 'drift' }, 'seen', 'acme');
    expect([await detected('_missing'), await detected('_extra')]).toEqual([1, 1]);
  });

  it('of two tenants, and of two placements of one, is not the same', async () => {
    observer.change(gone, 'seen', 'acme');
    observer.change(gone, 'seen', 'globex');
    observer.change({ ...gone, placement: 'p2' }, 'seen', 'acme');
    expect(await detected('_missing')).toBe(3);
  });

  it('of a shared name belongs to its tier', async () => {
    const change: Change = { ...update(['Weight']), kind: 'dns_record' };
    observer.shared(change, 'seen', 'standard');
    expect(events).toEqual(['Tier/standard Warning DriftDetected']);
    const labels = { resource: 'dns_record', field: 'Weight' };
    expect(await valueOf(metrics, 'cellwright_drift_detected_total', labels)).toBe(1);
  });

  it('is not what was asked for', async () => {
    observer.change(update(['tags'], 'asked'), 'seen', 'acme');
    observer.change(update(['tags'], 'asked'), 'applied', 'acme');
    expect([await detected('tags'), await healed('tags')]).toEqual([0, 0]);
    const labels = { resource: 'service', action: 'update', reason: 'asked' };
    expect(await valueOf(metrics, 'cellwright_changes_total', labels)).toBe(1);
    expect(events).toEqual([]);
  });

  it('never shows values: neither in logs nor in events nor in the activity', () => {
    observer.change(update(['containerDefinitions']), 'seen', 'acme');
    observer.change(update(['containerDefinitions']), 'applied', 'acme');
    expect(JSON.stringify([lines, events, observer.activity()])).not.toContain('secret');
  });
});

describe('runs', () => {
  it.each([
    [settled, 'success'],
    [{ kind: 'waiting', on: 'room', checkInMs: 1 }, 'requeue_after'],
    [{ kind: 'held', reason: 'ownership', checkInMs: 1 }, 'requeue_after'],
    [{ kind: 'progressing', checkInMs: 1, what: '' }, 'requeue_after'],
    [{ kind: 'retry', class: 'transient', error: new Error('x') }, 'error'],
    [{ kind: 'terminal', reason: 'Invalid' }, 'error'],
  ] as const)('that end %j count as %s', async (outcome, result) => {
    run(outcome);
    expect(await valueOf(metrics, 'controller_runtime_reconcile_total', { controller: 'tenant', result })).toBe(1);
    const errors = await valueOf(metrics, 'controller_runtime_reconcile_errors_total', { controller: 'tenant' });
    expect(errors).toBe(result === 'error' ? 1 : 0);
  });

  it('that change nothing are told from those that do', async () => {
    run(settled);
    run(settled, () => observer.change(gone, 'applied', 'acme'));
    expect(await valueOf(metrics, 'cellwright_noop_reconciles_total', { controller: 'tenant' })).toBe(1);
  });

  it('that a fault of ours ended are panics, and the log shows where', async () => {
    run({ kind: 'retry', class: 'bug', error: new TypeError('undefined is not a function') });
    expect(await valueOf(metrics, 'controller_runtime_reconcile_panics_total', { controller: 'tenant' })).toBe(1);
    const line = lines.find((one) => one.level === 'error');
    expect(line).toMatchObject({ msg: 'a run ended with a fault of ours', object: 'Tenant/acme', code: 'TypeError' });
    expect(String(line?.stack)).toContain('observer.test');
  });

  it('of keys that nobody has a word for share one label', async () => {
    for (let n = 0; n < 50; n += 1) run(settled, () => undefined, `Widget${n}/x`);
    const labels = { controller: 'other', result: 'success' };
    expect(await valueOf(metrics, 'controller_runtime_reconcile_total', labels)).toBe(50);
  });

  it('under way show how long they last', async () => {
    observer.queue.started('Tenant/acme', 'change', 2_000);
    await clock.advance(3_000);
    observer.queue.started('Tenant/globex', 'change', 0);
    await clock.advance(4_000);
    const labels = { name: 'keys', controller: 'tenant' };
    expect(await valueOf(metrics, 'workqueue_longest_running_processor_seconds', labels)).toBe(7);
    expect(await valueOf(metrics, 'workqueue_unfinished_work_seconds', labels)).toBe(11);
    expect(await valueOf(metrics, 'workqueue_queue_duration_seconds_sum', labels)).toBe(2);
    expect(await valueOf(metrics, 'controller_runtime_active_workers', { controller: 'tenant' })).toBe(2);
    observer.termEnded();
    expect(await valueOf(metrics, 'controller_runtime_active_workers', { controller: 'tenant' })).toBe(0);
  });
});

describe('what the guard holds', () => {
  const held: Outcome = { kind: 'held', reason: 'removal_budget', checkInMs: 1 };
  const guardHeld = (reason: string) => valueOf(metrics, 'cellwright_guard_held', { reason });

  it('counts tenants while it lasts, and tells once', async () => {
    for (const name of ['acme', 'globex', 'acme'])
      run(held, () => observer.held('removal_budget', name, 'later'), `Tenant/${name}`);
    expect(await guardHeld('removal_budget')).toBe(2);
    expect(events).toEqual(['Tenant/acme Warning HeldByRemovalBudget', 'Tenant/globex Warning HeldByRemovalBudget']);
    run(settled);
    expect(await guardHeld('removal_budget')).toBe(1);
  });

  it('stays while runs break off before they come to it', async () => {
    run(held, () => observer.held('removal_budget', 'acme', 'later'));
    run({ kind: 'retry', class: 'transient', error: new Error('x') });
    expect(await guardHeld('removal_budget')).toBe(1);
  });

  it('for a lost mark is ownership, and a conflict of that resource', async () => {
    run(held, () => observer.held('OwnershipLost', 'acme', 'target_group arn:x is in the inventory but lacks the tag'));
    expect(await guardHeld('ownership')).toBe(1);
    expect([...observer.conflicts()]).toEqual([['target_group', 1]]);
  });

  it('for a reason that no list names is other', async () => {
    run(held, () => observer.held('something new', 'acme', 'x'));
    expect(await guardHeld('other')).toBe(1);
  });
});

describe('placement', () => {
  const decisions = (outcome: string, reason: string) =>
    valueOf(metrics, 'cellwright_placement_decisions_total', { outcome, reason });

  it('counts a refusal once, until it changes or there is room', async () => {
    for (const refusal of ['Insufficient', 'Insufficient', 'QuotaUnknown', undefined, undefined])
      observer.placed('acme', refusal);
    expect(await decisions('unplaceable', 'Insufficient')).toBe(1);
    expect(await decisions('unplaceable', 'QuotaUnknown')).toBe(1);
    expect(await decisions('placed', 'Fits')).toBe(1);
    expect(observer.refusals().size).toBe(0);
  });

  it('counts a new tenant when its first placement is there, and not again at later runs', async () => {
    observer.placed('acme', undefined);
    const entry = view.ensure('Tenant', 'acme');
    entry.inventory = { rev: 1, epoch: 1, value: { placements: { p1: {} as never } } };
    observer.placed('acme', undefined);
    entry.status = {
      rev: 1,
      epoch: 1,
      value: { generation: 1, observedGeneration: 0, conditions: [], placements: [{} as never] },
    };
    observer.placed('acme', undefined);
    expect(await decisions('placed', 'Fits')).toBe(1);
  });
});

describe('failures', () => {
  const denied = new CallError({
    class: 'denied',
    service: 'ecs',
    operation: 'describeClusters',
    code: 'AccessDenied',
    message: 'no \u001b[31m\u009b31m\u202e',
    requestId: 'r-1',
  });

  it('are told once while they repeat, counted each time, and bear what support asks for', async () => {
    for (let time = 0; time < 3; time += 1) observer.callFailed('Cell/c1', denied);
    const labels = { controller: 'cell', class: 'denied' };
    expect(await valueOf(metrics, 'cellwright_call_failures_total', labels)).toBe(3);
    expect(observer.activity().changes).toHaveLength(1);
    const warnings = lines.filter((line) => line.level === 'warn');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({
      object: 'Cell/c1',
      code: 'AccessDenied',
      call: 'ecs:describeClusters',
      requestId: 'r-1',
    });
  });

  it('show no control characters of others', () => {
    observer.callFailed('Cell/c1', denied);
    expect(JSON.stringify([lines, observer.activity()])).not.toMatch(/\p{Cc}|\p{Cf}/u);
  });

  it('of the loop count by class', async () => {
    observer.failed('stream', denied);
    expect(await valueOf(metrics, 'cellwright_loop_failures_total', { class: 'denied' })).toBe(1);
  });
});

it('sets times in seconds', async () => {
  observer.synced(clock.now());
  observer.detailPeriod(900_000);
  observer.swept('probe', 2_500);
  expect(await valueOf(metrics, 'cellwright_last_sync_timestamp_seconds')).toBe(clock.now() / 1_000);
  expect(await valueOf(metrics, 'cellwright_detail_period_seconds')).toBe(900);
  expect(await valueOf(metrics, 'cellwright_sweeps_total', { kind: 'probe' })).toBe(1);
  expect(await valueOf(metrics, 'cellwright_sweep_duration_seconds_sum', { kind: 'probe' })).toBe(2.5);
});

it('passes the events of the engine on', () => {
  observer.event('Tenant/acme', { type: 'Normal', reason: 'Ready', message: 'Provisioning → Ready' });
  expect(events).toEqual(['Tenant/acme Normal Ready']);
  expect(observer.activity().changes[0]).toMatchObject({ what: 'event', object: 'Tenant/acme', reason: 'Ready' });
});

it('remembers the last 200 of healing, and of all else, the newest first', () => {
  for (let n = 0; n < 300; n += 1) {
    observer.change({ ...gone, name: `svc-${n}` }, 'applied', 'acme');
    observer.change({ ...gone, name: `svc-${n}`, reason: 'asked' }, 'applied', 'acme');
  }
  const { healing, changes } = observer.activity();
  expect([healing.length, changes.length]).toEqual([200, 200]);
  expect([healing[0], changes[0]]).toMatchObject([{ name: 'svc-299' }, { name: 'svc-299' }]);
});
