import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { diamond, idealMs, measureDiamond } from '../../../benchmarks/suites/overhead/diamond.ts';
import { cliPath } from '../../support/runCli.ts';

it('has a first stage, a last one, and all others between them', () => {
  expect(diamond(4).map(({ id, needs }) => [id, needs])).toEqual([
    ['first', []],
    ['middle-1', ['first']],
    ['middle-2', ['first']],
    ['last', ['middle-1', 'middle-2']],
  ]);
});

it('takes at least as long as stages have to wait for each other', () => {
  expect(idealMs({ stages: 200, concurrency: 2 })).toBe(1010);
  expect(idealMs({ stages: 5, concurrency: 2 })).toBe(40);
});

it('is measured against the same commands started bare', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'codex-bench-test-'));
  const context = { programs: { cli: cliPath() }, folder, runs: 1, signal: new AbortController().signal };
  const [bare, start, again] = await measureDiamond(context, { stages: 4, concurrency: 2 });
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
  expect(bare?.samples[0]).toBeGreaterThanOrEqual(idealMs({ stages: 4, concurrency: 2 }));
  expect(start?.versus?.reference).toBe('bare');
  expect(again?.versus?.ratios).toEqual([(start?.samples[0] ?? Number.NaN) / 30]);
});
