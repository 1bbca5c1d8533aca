import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../src/controller/queue/backoff.ts';

const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const limits = fc
  .tuple(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 100 }))
  .map(([baseMs, times]) => ({ baseMs, maxMs: baseMs * times }));

describe('backoffMs', () => {
  it('lies between half and the whole of the doubled step, and never above the most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), draw, limits, (failures, random, within) => {
        const step = Math.min(within.maxMs, within.baseMs * 2 ** Math.min(failures - 1, 60));
        const delay = backoffMs(failures, () => random, within);
        expect(delay).toBeGreaterThanOrEqual(Math.floor(step / 2));
        expect(delay).toBeLessThanOrEqual(step);
        expect(Number.isInteger(delay)).toBe(true);
      }),
    );
  });

  it('never shrinks from one failure to the next under the same draw', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), draw, limits, (failures, random, within) => {
        const now = backoffMs(failures, () => random, within);
        expect(backoffMs(failures + 1, () => random, within)).toBeGreaterThanOrEqual(now);
      }),
    );
  });

  it('spreads keys that failed together', () => {
    const delays = [0, 0.25, 0.5, 0.75].map((random) => backoffMs(4, () => random));
    expect(delays).toEqual([4_000, 5_000, 6_000, 7_000]);
  });

  it('takes a count below one for the first failure', () => {
    expect(backoffMs(0, () => 0)).toBe(500);
  });
});
