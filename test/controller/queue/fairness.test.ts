import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { triggers } from '../../../src/controller/outcome.ts';
import { headStartMs } from '../../../src/controller/queue/keyed-queue.ts';
import { QueueBench, settled } from './fixture.ts';

const greatestHeadStart = Math.max(...Object.values(headStartMs));
const runMs = 20_000;

const arrival = fc.record({
  key: fc.integer({ min: 0, max: 7 }).map((n) => `key-${n}`),
  trigger: fc.constantFrom(...triggers),
  afterMs: fc.integer({ min: 0, max: 15_000 }),
  delayMs: fc.constantFrom(0, 0, 0, 3_000),
});

describe('fairness', () => {
  it('starves nothing: a key waits no longer than the greatest head start and one round of all keys', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arrival, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 5 }),
        async (arrivals, concurrency, noisy) => {
          const late: string[] = [];
          // Some keys never rest: whenever they have run they are there again, with the best reason of all.
          const bench = new QueueBench(() => ({ ms: runMs, outcome: settled }), {
            concurrency,
            observer: {
              added: () => undefined,
              retried: () => undefined,
              finished: (key) => {
                if (key.startsWith('noisy')) bench.clock.after(1, () => bench.queue.add(key, 'operator'));
              },
              started: (key, trigger, waitedMs) => {
                const longest = greatestHeadStart - headStartMs[trigger] + runMs * (8 + noisy + concurrency);
                if (waitedMs > longest) late.push(`${key} waited ${waitedMs} ms for a run by ${trigger}`);
              },
            },
          });
          for (let n = 0; n < noisy; n += 1) bench.queue.add(`noisy-${n}`, 'operator');
          for (const { key, trigger, afterMs, delayMs } of arrivals) {
            await bench.clock.advance(afterMs);
            bench.queue.add(key, trigger, delayMs);
          }
          const last = bench.clock.monotonic();
          await bench.clock.advance(greatestHeadStart + runMs * (10 + noisy + concurrency));
          // Every key that was asked for ran after it was last asked for.
          for (const { key } of arrivals) expect(bench.starts(key).length, key).toBeGreaterThan(0);
          expect(bench.runs.some((run) => run.startedAt > last)).toBe(true);
          expect(late).toEqual([]);
          expect(bench.doubled).toEqual([]);
          expect(bench.queue.depth).toBeLessThanOrEqual(noisy);
          await stop(bench);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('runs every key that is added after its run began once more, and never two at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ ...fields(), takesMs: fc.integer({ min: 0, max: 4_000 }) }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        async (arrivals, concurrency) => {
          const took = new Map<string, number>(arrivals.map(({ key, takesMs }) => [key, takesMs]));
          const bench = new QueueBench((run) => ({ ms: took.get(run.key) ?? 0, outcome: settled }), { concurrency });
          const added = new Map<string, number>();
          for (const { key, trigger, afterMs } of arrivals) {
            await bench.clock.advance(afterMs);
            bench.queue.add(key, trigger);
            added.set(key, bench.clock.monotonic());
          }
          await bench.clock.advance(600_000);
          expect(bench.doubled).toEqual([]);
          expect(bench.queue.size).toBe(0);
          for (const [key, at] of added) expect(Math.max(...bench.starts(key)), key).toBeGreaterThanOrEqual(at);
        },
      ),
      { numRuns: 60 },
    );
  });
});

function fields() {
  return {
    key: fc.constantFrom('a', 'b', 'c', 'd'),
    trigger: fc.constantFrom(...triggers),
    afterMs: fc.integer({ min: 0, max: 2_000 }),
  };
}

async function stop(bench: QueueBench): Promise<void> {
  const stopping = bench.queue.stop();
  await bench.clock.advance(runMs * 2);
  await stopping;
}
