import { beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/model/clock.ts';
import { metricNames, specOf } from '../../src/telemetry/catalogue.ts';
import { figureNames, figureOf } from '../../src/telemetry/catalogue-figures.ts';
import { FiguresLine, figuresOf, type Standing } from '../../src/telemetry/figures.ts';
import { collectFleet, collectProcess } from '../../src/telemetry/gauges.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { before, fleet, tenant } from '../web/fleet.ts';

let metrics: Metrics;
beforeEach(() => {
  metrics = createMetrics({ process: false });
});

const now = Date.parse('2026-01-01T00:00:00Z') / 1_000;
const line = async (standing: Standing, more: { leadingSince?: number } = {}) => {
  return figuresOf(await metrics.values(), { before: {}, standing, now, leadingSince: now, ...more }).line;
};

describe('the figures', () => {
  it('come from metrics of the catalogue, by labels and values that these have', () => {
    for (const name of figureNames) {
      const { metric, where = {}, take } = figureOf(name);
      expect(metricNames).toContain(metric);
      const { labels, values = {}, type } = specOf(metric);
      expect(type === 'counter', `${name}: increases are of counters`).toBe(take === 'increase');
      for (const [label, value] of Object.entries(where)) {
        expect(labels, `${name}: ${label}`).toContain(label);
        if (values[label] !== undefined) expect(values[label], name).toContain(value);
      }
    }
  });

  it('of a standby are those of its process alone', async () => {
    collectProcess(metrics, { isLeader: false, queueDepth: undefined, concurrency: 1, resyncSeconds: 300 });
    collectFleet(metrics, undefined);
    const found = await line('standing by');
    expect(found.leader).toBe(0);
    expect(Object.keys(found)).toEqual(figureNames.filter((name) => figureOf(name).who === 'all'));
  });

  it('of the fleet are left out until its views are complete: not known is not 0', async () => {
    collectProcess(metrics, { isLeader: true, queueDepth: 0, concurrency: 1, resyncSeconds: 300 });
    collectFleet(metrics, undefined);
    const loading = await line('loading');
    expect(loading).toMatchObject({ leader: 1, resyncSeconds: 300 });
    expect(loading).not.toHaveProperty('unplaceableTenants');
    collectFleet(metrics, { ...fleet(0), tenants: [] });
    expect(await line('leading')).toMatchObject({ unplaceableTenants: 0, oldestUnreadySeconds: 0 });
  });

  it('tell how the fleet stands', async () => {
    collectFleet(metrics, {
      ...fleet(0),
      tenants: [
        tenant('a', { unreadySince: before(90), phase: 'Degraded' }),
        tenant('b', { refusal: 'Insufficient' }),
        tenant('c', { mode: 'paused' }),
      ],
    });
    metrics.set('cellwright_guard_held', { reason: 'removal_budget' }, 2);
    metrics.set('cellwright_guard_held', { reason: 'mass_change' }, 1);
    expect(await line('leading')).toMatchObject({
      tenants: 3,
      tenantsReady: 2,
      tenantsDegraded: 1,
      oldestUnreadySeconds: 90,
      unplaceableTenants: 1,
      pausedTenants: 1,
      guardHeld: 3,
      // The tiers alone: of the cells and infra groups one is at 0.97.
      capacityUsedRatio: 0.88,
      tiersLowOnCapacity: 1,
    });
  });

  it('leave out the room that nobody knows', async () => {
    collectFleet(metrics, { ...fleet(0), capacity: undefined });
    const found = await line('leading');
    expect(found).not.toHaveProperty('capacityUsedRatio');
    expect(found).not.toHaveProperty('tiersLowOnCapacity');
  });

  it('count the age of a sync that never was from when it began to lead', async () => {
    expect(await line('leading', { leadingSince: now - 400 })).toMatchObject({ syncAgeSeconds: 400 });
    metrics.set('cellwright_last_sync_timestamp_seconds', {}, now - 7);
    expect(await line('leading', { leadingSince: now - 400 })).toMatchObject({ syncAgeSeconds: 7 });
  });
});

describe('the line', () => {
  const world = (startAt: string, itsClock?: Clock) => {
    const clock = new VirtualClock(Date.parse(startAt));
    const lines: Record<string, unknown>[] = [];
    const state: { standing: Standing } = { standing: 'standing by' };
    const logger = createLogger({
      clock: itsClock ?? clock,
      write: (text) => void lines.push(JSON.parse(text) as never),
    });
    const figures = new FiguresLine({
      metrics,
      logger,
      clock: itsClock ?? clock,
      installation: 'i-1',
      identity: 'controller-a',
      standing: () => state.standing,
    });
    return { clock, lines, figures, state };
  };
  const times = (lines: readonly Record<string, unknown>[]) => lines.map(({ time }) => String(time).slice(11, 23));

  it.each([
    ['2026-01-01T00:00:00Z', ['00:00:05.000', '00:01:05.000', '00:02:05.000']],
    ['2026-01-01T00:00:04.999Z', ['00:00:05.000', '00:01:05.000', '00:02:05.000']],
    ['2026-01-01T00:00:05Z', ['00:01:05.000', '00:02:05.000', '00:03:05.000']],
    ['2026-01-01T00:00:59.5Z', ['00:01:05.000', '00:02:05.000', '00:03:05.000']],
  ])('is written once in each minute, five seconds in, from %s', async (startAt, expected) => {
    const { clock, lines, figures } = world(startAt);
    figures.start();
    await clock.advance(180_000);
    figures.stop();
    expect(times(lines)).toEqual(expected);
    expect(lines[0]).toMatchObject({ msg: 'figures', level: 'info', installation: 'i-1', identity: 'controller-a' });
  });

  it('is written once in each minute though timers fire a little early', async () => {
    const base = new VirtualClock(Date.parse('2026-01-01T00:00:00Z'));
    const { lines, figures } = world('2026-01-01T00:00:00Z', {
      now: () => base.now(),
      monotonic: () => base.monotonic(),
      after: (ms, run) => base.after(ms - 2, run),
      sleep: (ms, signal) => base.sleep(ms, signal),
    });
    figures.start();
    await base.advance(240_000);
    figures.stop();
    expect(times(lines)).toEqual(['00:00:04.998', '00:01:04.998', '00:02:04.998', '00:03:04.998']);
  });

  it('counts what counters grew by since the line before', async () => {
    const { clock, lines, figures } = world('2026-01-01T00:00:00Z');
    const denied = { service: 'sts', operation: 'assumeRole', result: 'denied' };
    metrics.inc('cellwright_aws_api_calls_total', denied, 4);
    figures.start();
    await clock.advance(60_000);
    metrics.inc('cellwright_aws_api_calls_total', denied, 3);
    metrics.inc('cellwright_aws_api_calls_total', { ...denied, result: 'ok' }, 1);
    await clock.advance(120_000);
    figures.stop();
    expect(lines.map(({ awsAccessDenied }) => awsAccessDenied)).toEqual([4, 3, 0]);
    expect(lines.map(({ awsCalls }) => awsCalls)).toEqual([4, 4, 0]);
  });

  it('starts the age of a sync anew with each term', async () => {
    const { clock, lines, figures, state } = world('2026-01-01T00:00:00Z');
    state.standing = 'loading';
    figures.start();
    await clock.advance(180_000);
    state.standing = 'standing by';
    await clock.advance(60_000);
    state.standing = 'loading';
    await clock.advance(120_000);
    figures.stop();
    expect(lines.map(({ syncAgeSeconds }) => syncAgeSeconds)).toEqual([0, 60, 120, undefined, 0, 60]);
  });

  it('leaves no timer and writes nothing once it is stopped', async () => {
    const { clock, lines, figures } = world('2026-01-01T00:00:00Z');
    figures.start();
    figures.stop();
    await clock.advance(300_000);
    expect(lines).toEqual([]);
    await expect(clock.drive(new Promise(() => undefined))).rejects.toThrow('nothing is left');
  });

  it('a minute whose figures cannot be had is told as that, and the next one comes', async () => {
    const { clock, lines, figures } = world('2026-01-01T00:00:00Z');
    let broken = true;
    metrics.beforeScrape(() => {
      if (broken) throw new Error('a collector broke');
    });
    figures.start();
    await clock.advance(60_000);
    broken = false;
    await clock.advance(60_000);
    figures.stop();
    expect(lines.map(({ msg, detail }) => [msg, detail])).toEqual([
      ['no figures this minute', 'a collector broke'],
      ['figures', undefined],
    ]);
  });
});
