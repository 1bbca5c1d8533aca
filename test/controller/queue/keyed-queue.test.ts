import { describe, expect, it } from 'vitest';
import type { Outcome, Trigger } from '../../../src/controller/outcome.ts';
import { QueueBench, settled } from './fixture.ts';

const second = { ms: 1_000, outcome: settled };

describe('one entry per key', () => {
  it('runs a key once, however often it was added while it waited', async () => {
    const bench = new QueueBench(() => second);
    bench.queue.add('blocker', 'operator');
    for (let times = 0; times < 5; times += 1) bench.queue.add('acme', 'resync');
    expect(bench.queue.depth).toBe(1);
    expect(bench.queue.size).toBe(2);
    await bench.clock.advance(10_000);
    expect(bench.order).toEqual(['blocker operator', 'acme resync']);
    expect(bench.queue.size).toBe(0);
  });

  it('runs a key once more when it was added during its run, and never beside it', async () => {
    const bench = new QueueBench(() => second, { concurrency: 4 });
    bench.queue.add('acme', 'change');
    await bench.clock.advance(300);
    expect(bench.queue.running).toBe(1);
    bench.queue.add('acme', 'resync');
    bench.queue.add('acme', 'change');
    bench.queue.add('acme', 'resync');
    await bench.clock.advance(10_000);
    expect(bench.starts('acme')).toEqual([0, 1_000]);
    expect(bench.order).toEqual(['acme change', 'acme change']);
    expect(bench.doubled).toEqual([]);
  });

  it('runs as many keys at once as there are workers', async () => {
    const bench = new QueueBench(() => second, { concurrency: 3 });
    for (const key of ['a', 'b', 'c', 'd']) bench.queue.add(key, 'change');
    await bench.clock.advance(500);
    expect(bench.queue.running).toBe(3);
    expect(bench.queue.longestRunMs()).toBe(500);
    expect(bench.queue.oldestWaitMs()).toBe(500);
    await bench.clock.advance(600);
    expect(bench.starts('d')).toEqual([1_000]);
  });
});

describe('lanes', () => {
  const laneOf = (key: string): string => key.split('-')[0] ?? '';

  it('have workers of their own: keys that hang in one keep nobody waiting in another', async () => {
    const work = ({ key }: { key: string }) => ({ ms: key.startsWith('bad') ? 600_000 : 1_000, outcome: settled });
    const bench = new QueueBench(work, { concurrency: 2, laneOf });
    for (let n = 0; n < 30; n += 1) bench.queue.add(`bad-${n}`, 'operator');
    for (let n = 0; n < 4; n += 1) bench.queue.add(`good-${n}`, 'resync');
    await bench.clock.advance(2_500);
    expect(bench.order.filter((run) => run.startsWith('good'))).toHaveLength(4);
    expect(bench.order.filter((run) => run.startsWith('bad'))).toHaveLength(2);
    expect(bench.queue.running).toBe(2);
    expect(bench.queue.depth).toBe(28);
  });

  it('are each in order, and a key that waits stays in the lane that it stands in', async () => {
    let lane = 'first';
    const bench = new QueueBench(() => second, { laneOf: (key) => (key === 'mover' ? lane : 'first') });
    bench.queue.add('blocker', 'change');
    bench.queue.add('mover', 'resync');
    lane = 'second';
    bench.queue.add('mover', 'operator');
    bench.queue.add('other', 'change');
    await bench.clock.advance(5_000);
    expect(bench.order).toEqual(['blocker change', 'mover operator', 'other change']);
    bench.queue.add('mover', 'resync');
    await bench.clock.advance(5_000);
    expect(bench.order.at(-1)).toBe('mover resync');
    expect(bench.queue.size).toBe(0);
  });

  it('all end when the queue stops', async () => {
    const bench = new QueueBench(() => second, { laneOf });
    for (const key of ['a-1', 'a-2', 'b-1', 'b-2']) bench.queue.add(key, 'change');
    await bench.clock.advance(1);
    const stopped = bench.queue.stop();
    await bench.clock.advance(5_000);
    await stopped;
    expect(bench.runs.map(({ key }) => key)).toEqual(['a-1', 'b-1']);
  });
});

describe('the order', () => {
  it('takes what a user changed before what a resync brought', async () => {
    const bench = new QueueBench(() => second);
    bench.queue.add('blocker', 'change');
    await bench.clock.advance(1);
    bench.queue.add('swept', 'resync');
    bench.queue.add('healing', 'drift');
    bench.queue.add('changed', 'change');
    bench.queue.add('ordered', 'operator');
    await bench.clock.advance(10_000);
    expect(bench.order.slice(1)).toEqual(['ordered operator', 'changed change', 'healing drift', 'swept resync']);
  });

  it('moves a waiting key forward when it is added with a better reason, and never back', async () => {
    const bench = new QueueBench(() => second);
    bench.queue.add('blocker', 'change');
    await bench.clock.advance(1);
    bench.queue.add('first', 'drift');
    bench.queue.add('second', 'resync');
    bench.queue.add('second', 'change');
    bench.queue.add('second', 'resync');
    await bench.clock.advance(10_000);
    expect(bench.order.slice(1)).toEqual(['second change', 'first drift']);
  });

  it('lets what has waited longest go first among equals', async () => {
    const bench = new QueueBench(() => ({ ms: 10_000, outcome: settled }));
    for (const key of ['a', 'b', 'c', 'd', 'e']) {
      bench.queue.add(key, 'change');
      await bench.clock.advance(10);
    }
    await bench.clock.advance(60_000);
    expect(bench.runs.map((run) => run.key)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});

describe('delays', () => {
  it('runs a delayed key when its time has come, and at once when it is added without delay', async () => {
    const bench = new QueueBench(() => ({ ms: 0, outcome: settled }));
    bench.queue.add('later', 'progress', 5_000);
    bench.queue.add('sooner', 'progress', 5_000);
    await bench.clock.advance(1_000);
    bench.queue.add('sooner', 'change');
    await bench.clock.advance(20_000);
    expect(bench.starts('later')).toEqual([5_000]);
    expect(bench.starts('sooner')).toEqual([1_000]);
  });

  it('is pulled forward by a shorter delay, never put off by a longer one', async () => {
    const bench = new QueueBench(() => ({ ms: 0, outcome: settled }));
    bench.queue.add('pulled', 'resync', 60_000);
    bench.queue.add('pulled', 'progress', 5_000);
    bench.queue.add('kept', 'progress', 5_000);
    bench.queue.add('kept', 'resync', 60_000);
    await bench.clock.advance(120_000);
    expect(bench.starts('pulled')).toEqual([5_000]);
    expect(bench.starts('kept')).toEqual([5_000]);
  });

  it('comes back no later than was asked for during the run', async () => {
    const outcome: Outcome = { kind: 'waiting', on: 'room', checkInMs: 60_000 };
    const bench = new QueueBench((_run, count) => ({ ms: 1_000, outcome: count === 1 ? outcome : settled }));
    bench.queue.add('acme', 'change');
    await bench.clock.advance(500);
    bench.queue.add('acme', 'progress', 5_000);
    bench.queue.add('acme', 'resync', 90_000);
    await bench.clock.advance(120_000);
    expect(bench.starts('acme')).toEqual([0, 5_500]);
  });
});

describe('what follows from an outcome', () => {
  const table: readonly [Outcome, Trigger | undefined, number][] = [
    [{ kind: 'settled' }, undefined, 0],
    [{ kind: 'progressing', checkInMs: 1_500, what: 'tasks start' }, 'progress', 1_500],
    [{ kind: 'waiting', checkInMs: 30_000, on: 'room' }, 'resync', 30_000],
    [{ kind: 'held', checkInMs: 45_000, reason: 'removal_budget' }, 'resync', 45_000],
    [{ kind: 'terminal', reason: 'InvalidParameterException' }, 'resync', 3_600_000],
    [{ kind: 'retry', class: 'transient', error: new Error('503') }, 'retry', 750],
  ];
  it.each(table)('%o comes back as %s after %i ms', async (outcome, trigger, delayMs) => {
    const bench = new QueueBench((_run, count) => ({ ms: 0, outcome: count === 1 ? outcome : settled }));
    bench.queue.add('acme', 'change');
    await bench.clock.advance(Math.max(0, delayMs - 1));
    expect(bench.runs).toHaveLength(1);
    await bench.clock.advance(2);
    expect(bench.order.slice(1)).toEqual(trigger === undefined ? [] : [`acme ${trigger}`]);
  });

  it('doubles the wait with each failure in a row, up to the most, and forgets them with a success', async () => {
    const failing: Outcome = { kind: 'retry', class: 'transient', error: new Error('503') };
    const bench = new QueueBench((_run, count) => ({ ms: 0, outcome: count === 6 ? settled : failing }), {
      random: () => 0.999_999,
      backoff: { baseMs: 1_000, maxMs: 8_000 },
    });
    bench.queue.add('acme', 'change');
    await bench.clock.advance(60_000);
    expect(bench.starts('acme')).toEqual([0, 1_000, 3_000, 7_000, 15_000, 23_000]);
    bench.queue.add('acme', 'change');
    await bench.clock.advance(2_500);
    expect(bench.starts('acme').slice(6)).toEqual([60_000, 61_000]);
  });

  it('keeps each key’s failures to itself', async () => {
    const failing: Outcome = { kind: 'retry', class: 'transient', error: new Error('503') };
    const bench = new QueueBench((run) => ({ ms: 0, outcome: run.key === 'bad' ? failing : settled }));
    bench.queue.add('bad', 'change');
    await bench.clock.advance(30_000);
    bench.queue.add('good', 'change');
    await bench.clock.advance(1);
    expect(bench.starts('good')).toEqual([30_000]);
    expect(bench.retried.every((key) => key === 'bad')).toBe(true);
  });
});

describe('a run that throws', () => {
  it('is retried as a fault of ours, and everything else goes on', async () => {
    const outcomes: Outcome[] = [];
    const nothing = (): void => undefined;
    const bench = new QueueBench(
      (run, count) => ({ ms: 100, outcome: run.key === 'bad' && count < 3 ? new Error('no such thing') : settled }),
      {
        observer: {
          added: nothing,
          started: nothing,
          retried: nothing,
          finished: (key, outcome) => void (key === 'bad' && outcomes.push(outcome)),
        },
      },
    );
    bench.queue.add('bad', 'change');
    bench.queue.add('good', 'change');
    await bench.clock.advance(60_000);
    expect(outcomes).toMatchObject([
      { kind: 'retry', class: 'bug', error: { message: 'no such thing' } },
      { kind: 'retry', class: 'bug' },
      { kind: 'settled' },
    ]);
    expect(bench.starts('good')).toHaveLength(1);
    expect(bench.queue.size).toBe(0);
  });
});

describe('stop', () => {
  it('waits for what runs, and runs nothing more: neither what waits, nor what is delayed, dirty or added then', async () => {
    const bench = new QueueBench(() => ({ ms: 5_000, outcome: { kind: 'progressing', checkInMs: 10, what: 'more' } }));
    bench.queue.add('running', 'change');
    bench.queue.add('waiting', 'change');
    bench.queue.add('delayed', 'progress', 2_000);
    await bench.clock.advance(1_000);
    bench.queue.add('running', 'change');
    let stopped = false;
    const stopping = bench.queue.stop().then(() => {
      stopped = true;
    });
    bench.queue.add('late', 'operator');
    await bench.clock.advance(3_000);
    expect(stopped).toBe(false);
    await bench.clock.advance(1_500);
    expect(stopped).toBe(true);
    await stopping;
    await bench.clock.advance(600_000);
    expect(bench.order).toEqual(['running change']);
    expect(bench.queue.size).toBe(0);
  });
});
