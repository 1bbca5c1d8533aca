import { defineConfig } from 'vitest/config';

/** What is deployed: stacks and policies as synthesized, and what CloudWatch makes of the controller's log. */
export default defineConfig({
  test: {
    include: ['test/deploy/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    isolate: false,
    pool: 'threads',
    maxWorkers: 2,
  },
});
