import { defineConfig } from 'vitest/config';

/** Where a machine-readable result is wanted besides the usual output. */
const report = process.env['CODEX_TEST_REPORT'];

export default defineConfig({
  test: {
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    include: ['orchestrator/tests/**/*.test.ts'],
    exclude: ['orchestrator/tests/fixtures/**', '**/node_modules/**'],
    globalSetup: ['orchestrator/tests/support/globalSetup.ts'],
    setupFiles: ['orchestrator/tests/support/cleanEnvironment.ts'],
    pool: 'forks',
    isolate: false,
    // By default one core is left idle, which on two of them doubles the time.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    env: {
      // Node parses this certificate bundle at every start where it is set; it doubles start-up time.
      NODE_EXTRA_CA_CERTS: '',
    },
  },
});
