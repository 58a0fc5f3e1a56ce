import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Hundreds of killed processes take minutes: GGUFIX_SLOW=1 runs them.
    exclude: process.env['GGUFIX_SLOW'] === undefined ? ['test/crash/**'] : [],
    // Real processes and real files: a busy two-core machine needs more than the 5 seconds of the default.
    testTimeout: 120_000,
    // By default one processor is left free, which of two is half: most of these tests wait for a process of their own.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
