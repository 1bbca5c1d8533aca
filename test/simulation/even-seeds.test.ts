import { describe, expect, it } from 'vitest';
import { runSeed } from './seed.ts';
import { simulate } from './suite.ts';

simulate(0, 2);

describe.skipIf(process.env.CELLWRIGHT_SEED !== undefined)('a seed', () => {
  it.each([33])('%i makes the same calls every time', { timeout: 120_000 }, async (seed) => {
    const first = await runSeed(seed);
    const second = await runSeed(seed);
    expect(second).toEqual(first);
  });
});
