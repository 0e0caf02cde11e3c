import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { drainMetricsQueue } from '../../src/cli/metrics/drainMetricsQueue.ts';
import { updateMetricsAggregates } from '../../src/cli/metrics/metricsAggregator.ts';
import { appendMetricsEntry, type RecordResult } from '../../src/cli/metrics/metricsRecorder.ts';
import { parseStoredEntry } from '../../src/cli/metrics/storedEntry.ts';
import { runPaths, type TaskEnvironment, taskPaths } from '../../src/run/paths.ts';
import {
  aggregate,
  aggregatePath,
  createTask,
  finishedRun,
  pendingNames,
  readObject,
} from '../support/metricsHistory.ts';

const AGGREGATES = ['baseline', 'post-rollout', 'completeness', 'per-epoch', 'mttr-delta', 'state'];

/** Records a succeeded run as the end of a run does. */
export async function recordRun(env: TaskEnvironment, runId: string): Promise<RecordResult> {
  const { paths, manifest } = finishedRun(env, runId);
  const result = await appendMetricsEntry(env, paths, manifest);
  await drainMetricsQueue(env);
  return result;
}

/** Whether the manifest of a run says that its line is in. */
export function isRecorded(env: TaskEnvironment, runId: string): boolean {
  return readObject(runPaths(env, runId).manifestPath)['metrics_recorded'] === true;
}

/** Ids of the runs in the history, each once; lines that a kill has torn are passed over. */
export function runsInHistory(env: TaskEnvironment): string[] {
  const { metricsPath } = taskPaths(env);
  if (!fs.existsSync(metricsPath)) return [];
  const lines = fs.readFileSync(metricsPath, 'utf8').split('\n').slice(0, -1);
  return [...new Set(lines.flatMap((line) => parseStoredEntry(line)?.run_id ?? []))];
}

/**
 * Fails unless exactly these succeeded runs are in the history and the aggregates count each of them once, as a count
 * from the beginning does; unless nobody waits in the queue and the lock is free.
 */
export async function expectCounted(env: TaskEnvironment, runIds: readonly string[]): Promise<void> {
  expect(runsInHistory(env).toSorted()).toEqual(runIds.toSorted());
  const counts = { total_runs: runIds.length, succeeded_runs: runIds.length };
  expect(aggregate(env, 'post-rollout')).toMatchObject(counts);
  expect(texts(env)).toEqual(await countedAnew(env));
  // A temporary file may still be somebody's; nobody was told that its entry is safe.
  expect(pendingNames(env).filter((name) => !name.endsWith('.tmp'))).toEqual([]);
  expect(fs.existsSync(taskPaths(env).metricsLockPath)).toBe(false);
}

/** What the aggregates would say if the history were counted for the first time; the baseline stays what it is. */
async function countedAnew(env: TaskEnvironment): Promise<(string | null)[]> {
  const anew = createTask(env.taskId);
  try {
    for (const file of [taskPaths(env).metricsPath, aggregatePath(env, 'baseline')]) {
      const copy = path.join(anew.repoRoot, path.relative(env.repoRoot, file));
      fs.mkdirSync(path.dirname(copy), { recursive: true });
      fs.copyFileSync(file, copy);
    }
    await updateMetricsAggregates(anew);
    return texts(anew);
  } finally {
    fs.rmSync(anew.repoRoot, { recursive: true });
  }
}

/** The aggregates without their time; null for those that are not there. */
function texts(env: TaskEnvironment): (string | null)[] {
  return AGGREGATES.map((name) => {
    const file = aggregatePath(env, name);
    return fs.existsSync(file)
      ? fs.readFileSync(file, 'utf8').replace(/"updated_at": "[^"]*"/, '"updated_at"')
      : null;
  });
}
