import { defineConfig } from 'vitest/config';

/** A whole cell of a hundred tenants, emptied under a probe of every name. */
export default defineConfig({
  test: {
    include: ['test/drain/**/*.test.ts'],
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
