import { defineConfig } from 'vitest/config';

/** Fleet operations that take minutes: a whole cell emptied under a probe of every name, a controller killed at every call of a move. */
export default defineConfig({
  test: {
    include: ['test/fleet/**/*.test.ts'],
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
    isolate: false,
    pool: 'threads',
    maxWorkers: 2,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
