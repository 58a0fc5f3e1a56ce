import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real processes and real files: a busy two-core machine needs more than the 5 seconds of the default.
    testTimeout: 60_000,
  },
});
