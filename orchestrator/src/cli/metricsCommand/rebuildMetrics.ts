import { existsSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { artifactPath, type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { readIfPresent } from '../../run/readIfPresent.ts';
import { aggregateFiles } from '../metrics/aggregates/aggregateDocuments.ts';
import { checkpointPath } from '../metrics/checkpoint.ts';
import { drainMetricsQueue } from '../metrics/drainMetricsQueue.ts';
import { mergePendingMetricsEntries, updateMetricsAggregates } from '../metrics/metricsAggregator.ts';
import { holdMetricsLock } from './holdMetricsLock.ts';
import { isBaseline } from './isBaseline.ts';
import { removeUnfounded } from './removeUnfounded.ts';

export interface Rebuild {
  taskId: string;
  /** Runs that the aggregates count now. */
  runs: number;
  /** Of the history. */
  bytes: number;
  /** Entries that were taken from the queue. */
  merged: number;
  /** A baseline that could not be understood and was written anew, relative to the repository; else null. */
  replaced: string | null;
  /** Aggregates about which the history has nothing any more, relative to the repository. */
  removed: string[];
  durationMs: number;
}

/**
 * Computes checkpoint, index and aggregates of a task anew from its whole history, after merging the queue. A baseline
 * that can be understood stays: it is written once (artifact contract, section 5). Without any entry nothing is counted,
 * and aggregates of an earlier history are removed.
 *
 * @throws FailureError `metrics-busy`; errno errors
 */
export async function rebuildMetrics(env: TaskEnvironment): Promise<Rebuild> {
  const { taskId } = env;
  const { metricsPath, metricsPendingDir, aggregatesDir } = taskPaths(env);
  const checkpoint = checkpointPath(aggregatesDir);
  const files = [metricsPath, metricsPendingDir, checkpoint, ...Object.values(aggregateFiles(env))];
  if (!files.some((file) => existsSync(file))) {
    return { taskId, runs: 0, bytes: 0, merged: 0, replaced: null, removed: [], durationMs: 0 };
  }
  const rebuild = await holdMetricsLock(env, async () => {
    const begin = performance.now();
    const merged = await mergePendingMetricsEntries(env);
    await rm(checkpoint, { recursive: true, force: true });
    await removeFolders(Object.values(aggregateFiles(env)));
    const { runs } = await updateMetricsAggregates(env);
    const removed = await removeUnfounded(env);
    const replaced = await replaceDamagedBaseline(env);
    const bytes = statSync(metricsPath, { throwIfNoEntry: false })?.size ?? 0;
    const durationMs = Math.round(performance.now() - begin);
    return { taskId, runs, bytes, merged, replaced, removed, durationMs };
  });
  // Runs that ended meanwhile have queued their entries.
  await drainMetricsQueue(env);
  return rebuild;
}

/** What has to be a file and is a folder would stop the update. */
async function removeFolders(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
    if (isFolder) await rm(file, { recursive: true });
  }
}

/** An update never replaces it, whatever it says, but writes one that is missing. Of the history it reads nothing here. */
async function replaceDamagedBaseline(env: TaskEnvironment): Promise<string | null> {
  const { baseline } = aggregateFiles(env);
  const text = await readIfPresent(baseline);
  if (text === null || isBaseline(text)) return null;
  await rm(baseline);
  await updateMetricsAggregates(env);
  return artifactPath(env, baseline);
}
