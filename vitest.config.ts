import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/crash/**', 'test/conformance/**', 'test/fleet/**', 'test/docs/followed/**', 'test/deploy/**'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    restoreMocks: true,
    // Every suite builds its own world; nothing is shared, so workers may be reused.
    isolate: false,
    pool: 'threads',
    maxWorkers: 2,
    // Notes what controllers call under which role; after the whole suite that is compared with what the code declares.
    setupFiles: ['test/support/rights/record.ts'],
    globalSetup: ['test/support/rights/compare.ts'],
    // On Node 20 the SDK says once per process which Node it will need; that is no test's business.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
