import { describe, expect, it } from 'vitest';
import { Standby, standbyPollMs } from '../../../src/controller/standby/views.ts';
import { CallError } from '../../../src/model/errors.ts';
import type { StoredObject } from '../../../src/store/state.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const cell = { kind: 'Cell', name: 'c1', spec: { tier: 'nowhere' } };

/** A standby over tables that hold one record, take `takesMs` to read, and fail while `broken` says so. */
function stage(takesMs = 0) {
  const clock = new VirtualClock();
  const world = { clock, isNeeded: true, broken: false, reads: [] as number[], failed: [] as CallError[] };
  const standby = new Standby({
    clock,
    mode: 'active',
    isNeeded: () => world.isNeeded,
    failed: (error) => world.failed.push(error),
    reader: {
      loadAll: async (options) => {
        expect(options).toEqual({ consistent: false });
        world.reads.push(clock.monotonic());
        await clock.sleep(takesMs);
        const details = { service: 'dynamodb', operation: 'Scan', code: 'Test', message: 'test' };
        if (world.broken) throw new CallError({ class: 'transient', ...details });
        return new Map<string, StoredObject>();
      },
    },
    desired: {
      list: async (options) => {
        expect(options).toEqual({ consistent: false });
        return [cell];
      },
    },
  });
  void standby.run();
  return { ...world, world, standby };
}

describe("a standby's views", () => {
  it('are read at once and then once a minute, from the two tables', async () => {
    const { clock, world, standby } = stage();
    expect(standby.current).toBeUndefined();
    await clock.advance(10);
    const { current } = standby;
    expect(current?.view.get('Cell', 'c1')?.problems.length).toBeGreaterThan(0);
    await clock.advance(10 * standbyPollMs + 2_000);
    expect(world.reads.length).toBeGreaterThanOrEqual(10);
    expect(world.reads.length).toBeLessThanOrEqual(11);
    expect(standby.current?.readAt).toBeGreaterThan(current?.readAt ?? 0);
    standby.stop();
  });

  it('take at most a twentieth of the time, however large the tables are', async () => {
    const { clock, world, standby } = stage(10_000);
    await clock.advance(3_600_000);
    expect(world.reads.length).toBeGreaterThanOrEqual(16);
    expect(world.reads.length).toBeLessThanOrEqual(18);
    standby.stop();
  });

  it('stay, and tell their age, while the tables cannot be read', async () => {
    const { clock, world, standby } = stage();
    await clock.advance(10);
    const readAt = standby.current?.readAt;
    world.broken = true;
    await clock.advance(5 * standbyPollMs);
    expect(standby.current?.readAt).toBe(readAt);
    expect(world.failed.length).toBeGreaterThanOrEqual(4);
    world.broken = false;
    await clock.advance(standbyPollMs + 2_000);
    expect(standby.current?.readAt).toBeGreaterThan(readAt ?? 0);
    standby.stop();
  });

  it('are given up while this process leads, and read anew at once when it no longer does', async () => {
    const { clock, world, standby } = stage();
    await clock.advance(10);
    world.isNeeded = false;
    await clock.advance(2_000);
    expect(standby.current).toBeUndefined();
    const reads = world.reads.length;
    await clock.advance(5 * standbyPollMs);
    expect(world.reads).toHaveLength(reads);
    world.isNeeded = true;
    await clock.advance(1_500);
    expect(standby.current).toBeDefined();
    standby.stop();
  });
});
