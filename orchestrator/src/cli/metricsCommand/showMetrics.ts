import fs from 'node:fs';
import path from 'node:path';
import { artifactPath, type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { errorCode } from '../../storage/errorCode.ts';
import { checkpointPath, readCheckpoint } from '../metrics/checkpoint.ts';
import { openHistory } from '../metrics/openHistory.ts';
import { namesIn } from '../metrics/pendingFiles.ts';
import { isBlank, readRawLines } from '../metrics/rawLines.ts';
import { openRunIdIndex, type RunIdIndex } from '../metrics/runIdIndex.ts';
import { countOf, finite } from '../metrics/storedEntry.ts';
import { aggregatesLag, type Lag } from './aggregatesLag.ts';
import { lastEntries } from './lastEntries.ts';
import { type Aggregates, readAggregates } from './readAggregates.ts';

/** A run of the trend. */
export interface TrendRun {
  runId: string;
  status: string;
  /** Null when its entry has none. */
  durationSeconds: number | null;
  tokens: number;
}

/** The metrics of a task as they are on disk. */
export interface MetricsView {
  taskId: string;
  /** Neither recorded nor queued any run. */
  isEmpty: boolean;
  aggregates: Aggregates;
  /** Aggregates that cannot be understood, relative to the repository. */
  damaged: string[];
  lag: Lag | null;
  /** Entries in the pending queue. */
  queued: number;
  /** The folder of the queue, relative to the repository. */
  queue: string;
  /** The newest runs, oldest first. */
  last: TrendRun[];
  /** Of those, in seconds; null when none of them has a duration. */
  durations: { p50: number; p95: number } | null;
}

/**
 * Collects the aggregates of a task, its newest `last` runs and what is not counted yet. Changes nothing; of the history
 * only the end is read. Throws errno errors.
 */
export async function showMetrics(env: TaskEnvironment, last: number): Promise<MetricsView> {
  const { metricsPath, metricsPendingDir } = taskPaths(env);
  const descriptor = openHistory(metricsPath);
  try {
    const { aggregates, damaged } = await readAggregates(env);
    const index = descriptor === null ? null : await openIndex(env);
    const runs = descriptor === null ? [] : lastRuns(descriptor, Math.max(1, last), index);
    const shown = last === 0 ? [] : runs;
    const queued = await countQueued(metricsPendingDir);
    const isUncounted = aggregates.postRollout === null && runs.length === 0 && damaged.length === 0;
    return {
      taskId: env.taskId,
      isEmpty: isUncounted && queued === 0,
      aggregates,
      damaged,
      // Of a history of which no line counts there is nothing to be behind.
      lag: isUncounted ? null : await aggregatesLag(env, descriptor),
      queued,
      queue: artifactPath(env, metricsPendingDir),
      last: shown,
      durations: percentiles(shown),
    };
  } finally {
    if (descriptor !== null) fs.closeSync(descriptor);
  }
}

function lastRuns(descriptor: number, count: number, index: RunIdIndex | null): TrendRun[] {
  return lastEntries(descriptor, count, index).map(({ run_id, status, duration_seconds, token_total }) => ({
    runId: run_id,
    status,
    durationSeconds: finite(duration_seconds),
    tokens: countOf(token_total),
  }));
}

/** Null when there is none to be used. */
async function openIndex(env: TaskEnvironment): Promise<RunIdIndex | null> {
  const { aggregatesDir } = taskPaths(env);
  const checkpoint = await readCheckpoint(checkpointPath(aggregatesDir));
  if ('unusable' in checkpoint) return null;
  const directory = path.join(aggregatesDir, checkpoint.index);
  return fs.existsSync(directory) ? openRunIdIndex(directory) : null;
}

async function countQueued(directory: string): Promise<number> {
  let entries = 0;
  for (const name of namesIn(directory, '.jsonl')) {
    try {
      for await (const line of readRawLines(path.join(directory, name))) if (!isBlank(line)) entries += 1;
    } catch (error) {
      // Merged by somebody since the listing.
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
  return entries;
}

/** Nearest rank: the least duration that so many of the runs do not exceed. */
function percentiles(runs: readonly TrendRun[]): MetricsView['durations'] {
  const sorted = runs
    .flatMap(({ durationSeconds }) => (durationSeconds === null ? [] : [durationSeconds]))
    .toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return sorted.length === 0 ? null : { p50: at(0.5), p95: at(0.95) };
}
