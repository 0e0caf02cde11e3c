import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row } from '../../../benchmarks/report/row.ts';
import type { SuiteContext } from '../../../benchmarks/suite.ts';
import { measureCrowd } from '../../../benchmarks/suites/metrics/crowd.ts';
import { measureHistories } from '../../../benchmarks/suites/metrics/histories.ts';
import { measureKills } from '../../../benchmarks/suites/metrics/kills.ts';
import { measureReaders } from '../../../benchmarks/suites/metrics/readers.ts';
import { buildPrograms } from '../../../benchmarks/support/buildPrograms.ts';
import { type Implementation, metricsTask } from '../../../benchmarks/support/metricsTask.ts';
import { requireFreeSpace } from '../../../benchmarks/support/requireFreeSpace.ts';
import { sandboxTask } from '../../../benchmarks/support/sandboxTask.ts';
import { aggregateFiles } from '../../../src/cli/metrics/aggregates/aggregateDocuments.ts';

const IMPLEMENTATIONS: Implementation[] = ['ours', 'wholeFile', 'plainStreaming'];

/** Everything as small as can be: it is told what can be measured, not how fast it is. */
describe('the suite of the metrics', () => {
  let root: string;
  let context: SuiteContext;
  beforeAll(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'codex-bench-test-'));
    const programs = await buildPrograms(root);
    const folder = await mkdtemp(path.join(root, 'metrics-'));
    context = { programs, folder, runs: 1, bytes: 0, signal: new AbortController().signal };
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('compares implementations that come to the same result from entries of 0.9 KB', async () => {
    const [ours, ...references] = await Promise.all(
      IMPLEMENTATIONS.map(async (implementation) => {
        const task = await metricsTask(context, 50);
        expect((await stat(task.paths.metricsPath)).size / 50).toBeCloseTo(930, -2);
        await task.rebuild(implementation);
        await task.record(implementation, 2);
        const documents = await aggregatesOf(task.root);
        await task.remove();
        return documents;
      }),
    );
    expect(ours?.['state']).toMatchObject({ safety: { validation: { passed: 49, failed: 3 } } });
    for (const reference of references) expect(reference).toEqual(ours);
  });

  it('says no to aggregates that miss a run', async () => {
    const task = await metricsTask(context, 5);
    await rm(task.paths.metricsPath);
    await expect(task.record('ours')).rejects.toThrow('Of 6 runs, the aggregates of ours count 1.');
    await task.remove();
  });

  it('measures all implementations with histories of three lengths', async () => {
    const rows = await measureHistories(context, { short: 5, middle: 10, long: 20 });
    expect(rows.filter(({ goal }) => goal !== undefined).map(({ work }) => work)).toEqual([
      'ours, 20 earlier',
      'ours, 20 earlier: time in relation to the shortest history',
      'ours, 20 earlier: peak memory beyond that of 5 earlier',
      'ours, all 20 anew',
      'ours, all 20 anew: peak memory',
    ]);
    for (const { samples } of rows) expect(samples).toEqual([expect.any(Number)]);
  });

  it('finds every one of many runs at once', async () => {
    const rows = await measureCrowd(context, 3);
    expect(counts(rows)).toEqual({
      '3 runs at once: failures': 0,
      '3 runs at once: counted in the aggregates': 3,
      '3 runs at once: manifests that say so': 3,
      '3 runs at once: in runs.json': 3,
      '3 runs at once: entries left in the queue': 0,
      '3 runs at once: entries twice': 0,
    });
  });

  it('reads while others write', async () => {
    const { 'aggregates read during 5 updates': reads, ...rest } = counts(await measureReaders(context, 5));
    expect(reads).toBeGreaterThan(5);
    expect(rest).toEqual({ 'of these missing': 0, 'of these not complete': 0 });
  });

  it('kills runs and looks for what that broke', async () => {
    const rows = await measureKills(context, { kills: 3, wholeRuns: 1 });
    expect(rows.map(({ goal }) => goal?.limit)).toEqual([undefined, undefined, 0, 0, 0, 0, 0]);
    expect(counts(rows)).toMatchObject({
      'kill -9 over 3 runs: documents torn': 0,
      'kill -9 over 3 runs: acknowledged entries lost': 0,
    });
  });

  it('leaves nothing behind that was measured', async () => {
    expect(await readdir(context.folder)).toEqual([]);
  });
});

it('says how much room is missing', async () => {
  await expect(requireFreeSpace(os.tmpdir(), 1e18)).rejects.toThrow(
    /^1000000000\.0 GB of temporary files are needed, \d+\.\d GB are free; TMPDIR names another place\.$/,
  );
});

function counts(rows: readonly Row[]): Record<string, number | undefined> {
  return Object.fromEntries(
    rows.filter(({ unit }) => unit === 'count').map(({ work, samples }) => [work, samples[0]]),
  );
}

/** The aggregates without the time of their writing; sums may differ in the last digits (see `foldPlainly`). */
async function aggregatesOf(root: string): Promise<Record<string, unknown>> {
  const documents: Record<string, unknown> = {};
  for (const [name, file] of Object.entries(aggregateFiles(sandboxTask(root)))) {
    documents[name] = JSON.parse(await readFile(file, 'utf8'), (key, value: unknown) => {
      if (key === 'updated_at') return undefined;
      return typeof value === 'number' ? Number(value.toPrecision(12)) : value;
    });
  }
  return documents;
}
