import { defineConfig } from 'vitest/config';

/** The documentation followed to the letter, by a shell against a simulated AWS and the real program, in real time. */
export default defineConfig({
  test: {
    include: ['test/docs/followed/**/*.test.ts'],
    globalSetup: ['test/conformance/build.ts'],
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
