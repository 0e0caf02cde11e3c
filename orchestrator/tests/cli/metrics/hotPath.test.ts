import fs from 'node:fs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { drainMetricsQueue } from '../../../src/cli/metrics/drainMetricsQueue.ts';
import { mergePendingMetricsEntries } from '../../../src/cli/metrics/metricsAggregator.ts';
import { appendMetricsEntry } from '../../../src/cli/metrics/metricsRecorder.ts';
import { type TaskEnvironment, taskPaths } from '../../../src/run/paths.ts';
import { createFileActivity } from '../../../src/storage/fileActivity.ts';
import { jsonDocument } from '../../../src/storage/replaceFile.ts';
import {
  createTask,
  entryOf,
  finishedRun,
  jsonLines,
  pendingNames,
  readObject,
  recordedRunIds,
  writeHistory,
  writePending,
} from '../../support/metricsHistory.ts';

let env: TaskEnvironment;
beforeEach(() => {
  env = createTask();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  fs.rmSync(env.repoRoot, { recursive: true });
});

async function record(runId: string): Promise<void> {
  const { paths, manifest } = finishedRun(env, runId);
  await appendMetricsEntry(env, paths, manifest);
}

/** Entries of runs of which only the given ones have their manifests here. */
function entries(count: number, own: Record<number, string>): object[] {
  return Array.from({ length: count }, (_, at) => {
    const completed_at = '2025-11-05T01:05:00.000Z';
    return { ...entryOf(1, 'succeeded'), completed_at, run_id: own[at] ?? `foreign-${at}` };
  });
}

it('looks at the queue once per merge, opens the history four times and reads but its end', async () => {
  const foreign = Array.from({ length: 300 }, (_, at) => ({ ...entryOf(1, 'succeeded'), run_id: `r-${at}` }));
  writeHistory(env, jsonLines(foreign));
  await record('one');
  const { metricsPath, metricsPendingDir } = taskPaths(env);
  const looks = vi.spyOn(fs, 'readdirSync');
  const opened = vi.spyOn(fs, 'openSync');
  const activity = createFileActivity();
  env = { ...env, activity };
  await record('two');
  expect(looks.mock.calls.filter(([directory]) => directory === metricsPendingDir)).toHaveLength(2);
  expect(opened.mock.calls.filter(([file]) => file === metricsPath)).toHaveLength(4);
  expect(fs.statSync(metricsPath).size).toBeGreaterThan(100_000);
  expect(activity.reads.bytes).toBeLessThan(40_000);
  expect(activity.appends.metrics.count).toBe(1);
});

it('keeps a torn line and closes it, before its own line', async () => {
  writeHistory(env, '{"run_id":"torn"');
  await record('one');
  const text = fs.readFileSync(taskPaths(env).metricsPath, 'utf8');
  expect(text).toMatch(/^\{"run_id":"torn"\n\{"run_id":"one".*\}\n$/);
});

it('reads a queued file once, also when it has to be kept', async () => {
  const { paths, manifest } = finishedRun(env, 'own');
  fs.writeFileSync(paths.manifestPath, jsonDocument(manifest));
  const text = jsonLines(entries(100, { 50: 'own' }));
  writePending(env, 'a.jsonl', text);
  const activity = createFileActivity();
  expect(await mergePendingMetricsEntries({ ...env, activity })).toBe(100);
  expect(activity.reads.bytes).toBe(text.length);
  expect(pendingNames(env)).toEqual(['a.jsonl.merged']);
});

it('marks every run of a file, whose lines went in several batches', async () => {
  vi.stubEnv('CODEX_METRICS_PENDING_BATCH_MAX_LINES', '1');
  const own = ['first', 'second'].map((runId) => {
    const { paths, manifest } = finishedRun(env, runId);
    fs.writeFileSync(paths.manifestPath, jsonDocument(manifest));
    return paths.manifestPath;
  });
  writePending(env, 'a.jsonl', jsonLines(entries(4, { 0: 'first', 2: 'second' })));
  writePending(env, 'b.jsonl', jsonLines(entries(1, {})));
  await mergePendingMetricsEntries(env);
  expect(pendingNames(env)).toEqual(['a.jsonl.merged']);
  await drainMetricsQueue(env);
  expect(pendingNames(env)).toEqual([]);
  expect(own.map((file) => readObject(file)['metrics_recorded'])).toEqual([true, true]);
  expect(recordedRunIds(env)).toEqual(['first', 'foreign-1', 'second', 'foreign-3', 'foreign-0']);
});
