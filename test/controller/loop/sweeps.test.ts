import { expect, test } from 'vitest';
import { FleetView } from '../../../src/controller/fleet/view.ts';
import { Sweeps } from '../../../src/controller/loop/sweeps.ts';
import type { KeyedQueue } from '../../../src/controller/queue/keyed-queue.ts';
import type { EngineDeps } from '../../../src/controller/tenant/deps.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const resyncMs = 300_000;

/** The sweeps of an empty fleet, whose lists are counted; `during` runs in the midst of each. */
function sweepsOf(during: (sweeps: Sweeps, list: number) => void = () => undefined) {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const counted = { lists: 0 };
  const nothing = (): void => undefined;
  const sweeps: Sweeps = new Sweeps({
    term: {
      clock,
      random: () => 0.5,
      config: { resyncMs, detailMs: 900_000, concurrency: 1, mode: 'active' },
      observer: { swept: nothing, detailPeriod: nothing, callFailed: nothing, failed: nothing },
    },
    engine: {} as EngineDeps,
    queue: {} as KeyedQueue,
    view: new FleetView(),
    list: async () => {
      counted.lists += 1;
      during(sweeps, counted.lists);
    },
    signal: stop.signal,
  });
  return { clock, counted, sweeps, stop };
}

test('a list that was asked for before the sweeps began comes at once', async () => {
  const { clock, counted, sweeps, stop } = sweepsOf();
  sweeps.listSoon();
  sweeps.start();
  await clock.advance(1_000);
  expect(counted.lists).toBe(1);
  await clock.advance(resyncMs / 2);
  expect(counted.lists).toBe(1);
  stop.abort(new Error('over'));
  await sweeps.stopped();
});

test('a list that was asked for in the midst of one comes after it', async () => {
  const { clock, counted, sweeps, stop } = sweepsOf((running, list) => {
    if (list === 1) running.listSoon();
  });
  sweeps.start();
  await clock.advance(1_000);
  expect(counted.lists).toBe(0);
  sweeps.listSoon();
  await clock.advance(1_000);
  expect(counted.lists).toBe(2);
  stop.abort(new Error('over'));
  await sweeps.stopped();
});
