import { defineConfig } from 'vitest/config';

/** The stacks of deploy/: synthesized, and judged by cdk-nag, cfn-lint and our own assertions; and the policies in them. What is not installed is skipped aloud. */
export default defineConfig({
  test: {
    include: ['test/deploy/**/*.test.ts', 'test/policies/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    isolate: false,
    pool: 'threads',
    maxWorkers: 2,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
