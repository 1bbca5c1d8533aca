import { beforeAll, describe, expect, it } from 'vitest';
import { runSeed } from './seed.ts';

/** Seeds that `npm test` runs; `npm run test:simulation` runs a hundred. */
const usual = 3;

/**
 * The seeds to run: one by `CELLWRIGHT_SEED=17`, more by `CELLWRIGHT_SEEDS=500` (1 to 500), else 1 to 3. `part` of `parts`: two files share them, so that two cores do.
 */
function seedsOf(part: number, parts: number): readonly number[] {
  const { CELLWRIGHT_SEED: one, CELLWRIGHT_SEEDS: many } = process.env;
  if (one !== undefined) return part === 0 ? [wholeNumber('CELLWRIGHT_SEED', one)] : [];
  const count = many === undefined ? usual : wholeNumber('CELLWRIGHT_SEEDS', many);
  return Array.from({ length: count }, (_, index) => index + 1).filter((seed) => seed % parts === part);
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${name} is '${text}', expected a whole number from 1`);
  return Number(text);
}

/** The SDK's clients, which the product loads with the first call to each: what takes turns of the real event loop must not fall into a seed, or its first run in a process differs from the next. */
const clients = [
  'acm',
  'application-auto-scaling',
  'dynamodb',
  'dynamodb-streams',
  'ec2',
  'ecs',
  'elastic-load-balancing-v2',
  'route-53',
  'service-quotas',
  'sts',
] as const;

/** Defines the tests of one part of the seeds. */
export function simulate(part: number, parts: number): void {
  const seeds = seedsOf(part, parts);
  beforeAll(async () => {
    await Promise.all(clients.map((client) => import(`@aws-sdk/client-${client}`)));
  });
  describe.runIf(seeds.length > 0)('the controller on the simulated AWS, with faults', () => {
    it.each(seeds)('seed %i', { timeout: 120_000 }, async (seed) => {
      const { faults, tenants } = await runSeed(seed);
      const replay = `CELLWRIGHT_SEED=${seed} npx vitest run test/simulation`;
      expect(tenants, replay).toBeGreaterThanOrEqual(4);
      expect(faults.throttle, replay).toBeGreaterThan(0);
      expect(faults.serverError, replay).toBeGreaterThan(0);
      expect(faults.lostWithEffect, replay).toBeGreaterThan(0);
      expect(faults.lostWithoutEffect, replay).toBeGreaterThan(0);
      expect(faults.crashBefore + faults.crashAfter, replay).toBeGreaterThan(0);
    });
  });
}
