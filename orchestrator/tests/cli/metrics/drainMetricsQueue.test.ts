import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { drainMetricsQueue } from '../../../src/cli/metrics/drainMetricsQueue.ts';
import { mergePendingMetricsEntries, withMetricsLock } from '../../../src/cli/metrics/metricsAggregator.ts';
import { appendMetricsEntry } from '../../../src/cli/metrics/metricsRecorder.ts';
import { claimExistingRun, claimTerminalRun } from '../../../src/run/claimRun.ts';
import { runPaths, type TaskEnvironment, taskPaths } from '../../../src/run/paths.ts';
import {
  aggregate,
  createTask,
  finishedRun,
  pendingNames,
  readObject,
  recordedRunIds,
  writePending,
} from '../../support/metricsHistory.ts';

let env: TaskEnvironment;
beforeEach(() => {
  env = createTask();
});
afterEach(() => fs.rmSync(env.repoRoot, { recursive: true, force: true }));

/** Ends a run while another process, so to speak, has the lock. */
async function queueRun(runId: string): Promise<void> {
  const { paths, manifest } = finishedRun(env, runId);
  await withMetricsLock(env, async () => {
    const { outcome } = await appendMetricsEntry(env, paths, manifest);
    expect(outcome).toBe('queued');
  });
}

function isRecorded(runId: string): unknown {
  return readObject(runPaths(env, runId).manifestPath)['metrics_recorded'];
}

it('merges and counts what is queued, and the manifests say so', async () => {
  await queueRun('one');
  await queueRun('two');
  expect(isRecorded('one')).toBe(false);

  expect(await drainMetricsQueue(env)).toEqual({ warnings: [] });
  expect(recordedRunIds(env)).toEqual(['one', 'two']);
  expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 2 });
  expect([isRecorded('one'), isRecorded('two')]).toEqual([true, true]);
  expect(pendingNames(env)).toEqual([]);
  expect(fs.existsSync(taskPaths(env).metricsLockPath)).toBe(false);
});

it('leaves everything to the process that has the lock', async () => {
  await queueRun('one');
  await withMetricsLock(env, async () => {
    await drainMetricsQueue(env);
  });
  expect(pendingNames(env)).toHaveLength(1);
  expect(fs.existsSync(taskPaths(env).metricsPath)).toBe(false);
});

it('writes nothing when there is nothing to do', async () => {
  await drainMetricsQueue(env);
  expect(fs.readdirSync(env.repoRoot)).toEqual([]);
});

it('leaves the manifest of a run to whoever owns it, until it is let go', async () => {
  await queueRun('one');
  const { owner } = await claimExistingRun(runPaths(env, 'one'));
  await drainMetricsQueue(env);
  expect(recordedRunIds(env)).toEqual(['one']);
  expect(isRecorded('one')).toBe(false);
  expect(pendingNames(env)).toEqual([expect.stringMatching(/^one-.*\.jsonl\.merged$/)]);

  await owner.release();
  await drainMetricsQueue(env);
  expect(isRecorded('one')).toBe(true);
  expect(pendingNames(env)).toEqual([]);
  expect(recordedRunIds(env)).toEqual(['one']);
});

it('finishes what a process left that was killed between merging and marking', async () => {
  await queueRun('one');
  await withMetricsLock(env, async () => {
    await mergePendingMetricsEntries(env);
  });
  expect(isRecorded('one')).toBe(false);

  const { paths, manifest } = finishedRun(env, 'two');
  await appendMetricsEntry(env, paths, manifest);
  await drainMetricsQueue(env);
  expect([isRecorded('one'), isRecorded('two')]).toEqual([true, true]);
  expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 2 });
});

it('does not mark a run that was resumed since, whose new end is not recorded yet', async () => {
  await queueRun('one');
  const { manifestPath } = runPaths(env, 'one');
  const resumed = { ...readObject(manifestPath), completed_at: '2031-01-01T00:00:00.000Z' };
  fs.writeFileSync(manifestPath, JSON.stringify(resumed));
  await drainMetricsQueue(env);
  expect(isRecorded('one')).toBe(false);
  expect(pendingNames(env)).toEqual([]);
});

it('takes entries of runs that are not here, and never follows an id out of the task', async () => {
  const outside = path.join(env.repoRoot, 'manifest.json');
  fs.writeFileSync(outside, '{}');
  const entry = { run_id: '../../..', status: 'succeeded', recorded_at: '2026-01-01T00:00:00Z' };
  writePending(env, 'foreign.jsonl', `${JSON.stringify(entry)}\nno json\n`);
  await drainMetricsQueue(env);
  expect(pendingNames(env)).toEqual([]);
  expect(fs.readFileSync(outside, 'utf8')).toBe('{}');
  expect(aggregate(env, 'post-rollout')).toMatchObject({ total_runs: 1 });
});

it('is not stopped by a damaged manifest', async () => {
  await queueRun('one');
  await queueRun('two');
  fs.writeFileSync(runPaths(env, 'one').manifestPath, '{');
  await drainMetricsQueue(env);
  expect(isRecorded('two')).toBe(true);
  expect(pendingNames(env)).toEqual([]);
  expect(fs.readFileSync(runPaths(env, 'one').manifestPath, 'utf8')).toBe('{');
});

it('resumes a run at once while its manifest is being marked', async () => {
  const { paths } = finishedRun(env, 'one');
  const marking = await claimTerminalRun(paths);
  const claimed = claimExistingRun(paths);
  await marking?.release();
  const { owner } = await claimed;
  expect(owner.owner.purpose).toBe('run');
  await owner.release();
});
