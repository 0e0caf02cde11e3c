import { existsSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { artifactPath, type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { aggregateDocuments } from '../metrics/aggregates/aggregateDocuments.ts';
import { checkpointPath, readCheckpoint } from '../metrics/checkpoint.ts';
import { drainMetricsQueue } from '../metrics/drainMetricsQueue.ts';
import { mergePendingMetricsEntries, updateMetricsAggregates } from '../metrics/metricsAggregator.ts';
import { holdMetricsLock } from './holdMetricsLock.ts';

export interface Rebuild {
  taskId: string;
  /** Runs that the aggregates count now. */
  runs: number;
  /** Of the history. */
  bytes: number;
  /** Entries that were taken from the queue. */
  merged: number;
  /** Aggregates about which the history has nothing any more, relative to the repository. */
  removed: string[];
  durationMs: number;
}

/**
 * Computes checkpoint, index and aggregates of a task anew from its whole history, after merging the queue. The baseline
 * stays: it is written once (artifact contract, section 5). Without any entry nothing is changed.
 *
 * @throws FailureError `metrics-busy`; errno errors
 */
export async function rebuildMetrics(env: TaskEnvironment): Promise<Rebuild> {
  const { taskId } = env;
  const { metricsPath, metricsPendingDir } = taskPaths(env);
  if (!existsSync(metricsPath) && !existsSync(metricsPendingDir)) {
    return { taskId, runs: 0, bytes: 0, merged: 0, removed: [], durationMs: 0 };
  }
  const rebuild = await holdMetricsLock(env, async () => {
    const begin = performance.now();
    const merged = await mergePendingMetricsEntries(env);
    await rm(checkpointPath(taskPaths(env).aggregatesDir), { force: true });
    const { runs } = await updateMetricsAggregates(env);
    const removed = await removeUnfounded(env);
    const bytes = statSync(metricsPath, { throwIfNoEntry: false })?.size ?? 0;
    return { taskId, runs, bytes, merged, removed, durationMs: Math.round(performance.now() - begin) };
  });
  // Runs that ended meanwhile have queued their entries.
  await drainMetricsQueue(env);
  return rebuild;
}

/** An update leaves them: of its own it cannot tell whether they were ever right. */
async function removeUnfounded(env: TaskEnvironment): Promise<string[]> {
  const checkpoint = await readCheckpoint(checkpointPath(taskPaths(env).aggregatesDir));
  if ('unusable' in checkpoint) return [];
  const removed: string[] = [];
  for (const [file, document] of aggregateDocuments(env, checkpoint.history, null, '')) {
    if (document !== null || !existsSync(file)) continue;
    await rm(file);
    removed.push(artifactPath(env, file));
  }
  return removed;
}
