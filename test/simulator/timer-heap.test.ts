import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HeapTimer, TimerHeap } from '../../src/simulator/timer-heap.ts';

/** What is left, in the order in which it comes. */
function drain(heap: TimerHeap): number[] {
  const orders: number[] = [];
  for (let next = heap.first(); next !== undefined; next = heap.first()) {
    orders.push(next.order);
    heap.takeFirst();
  }
  return orders;
}

describe('the heap of timers', () => {
  test('gives them by time and then by the order in which they were set, without those that were cancelled', () => {
    const timers = fc.array(fc.record({ at: fc.integer({ min: 0, max: 50 }), cancelled: fc.boolean() }), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(timers, (wanted) => {
        const heap = new TimerHeap();
        const set = wanted.map(({ at, cancelled }, order) => {
          const timer: HeapTimer = { at, order, run: () => undefined };
          heap.add(timer);
          return { timer, at, order, cancelled };
        });
        for (const { timer, cancelled } of set) if (cancelled) heap.cancel(timer);
        const expected = set
          .filter(({ cancelled }) => !cancelled)
          .sort((a, b) => a.at - b.at || a.order - b.order)
          .map(({ order }) => order);
        expect(drain(heap)).toEqual(expected);
      }),
    );
  });

  test('keeps its order where it drops the cancelled all at once', () => {
    const heap = new TimerHeap();
    const timers = Array.from(
      { length: 5_000 },
      (_, order): HeapTimer => ({ at: 5_000 - order, order, run: () => undefined }),
    );
    for (const timer of timers) heap.add(timer);
    for (const timer of timers) if (timer.order % 10 !== 0) heap.cancel(timer);
    const left = timers.filter(({ order }) => order % 10 === 0).map(({ order }) => order);
    expect(drain(heap)).toEqual(left.reverse());
    expect(heap.first()).toBeUndefined();
  });

  test('cancelling twice, or after it ran, changes nothing for the others', () => {
    const heap = new TimerHeap();
    const [one, two] = [0, 1].map((order): HeapTimer => ({ at: order, order, run: () => undefined }));
    if (one === undefined || two === undefined) throw new Error('no timers');
    heap.add(one);
    heap.add(two);
    heap.takeFirst();
    heap.cancel(one);
    heap.cancel(one);
    expect(heap.first()).toBe(two);
  });
});
