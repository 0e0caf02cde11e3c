import { expect, it } from 'vitest';
import { turboPlatform } from '../../../../benchmarks/support/peers.ts';
import { sparedByTurbo } from '../../../../benchmarks/support/taskRunners/turbo.ts';
import { sparedByWireit } from '../../../../benchmarks/support/taskRunners/wireit.ts';

it('reads from what turbo prints how many tasks came from its cache', () => {
  const summary = ' Tasks:    10 successful, 10 total\nCached:    9 cached, 10 total\n  Time:    16ms\n';
  expect(sparedByTurbo(summary)).toBe(9);
  expect(sparedByTurbo('stage-1: Cached: 10 cached, 10 total\n')).toBeNaN();
});

it('reads from what wireit prints how many scripts it did not run', () => {
  expect(sparedByWireit('Analyzing\n✅ Ran 1 script and skipped 9 in 0.4s.\n')).toBe(9);
  expect(sparedByWireit('✅ Ran 0 scripts and skipped 10 in 1.8s.\n')).toBe(10);
  expect(sparedByWireit('❌ 1 script failed.\n')).toBeNaN();
});

it('names the platforms as turbo does', () => {
  expect([turboPlatform('linux', 'x64'), turboPlatform('darwin', 'arm64')]).toEqual([
    'linux-64',
    'darwin-arm64',
  ]);
});
