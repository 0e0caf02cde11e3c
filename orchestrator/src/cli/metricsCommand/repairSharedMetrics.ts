import { type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { readIfPresent } from '../../run/readIfPresent.ts';
import { aggregateFiles } from '../metrics/aggregates/aggregateDocuments.ts';
import { checkpointPath } from '../metrics/checkpoint.ts';
import { dropDoubtedCheckpoint } from '../metrics/dropDoubtedCheckpoint.ts';
import { isInTheWay } from '../metrics/isInTheWay.ts';
import { mergePendingMetricsEntries, updateMetricsAggregates } from '../metrics/metricsAggregator.ts';
import { namesIn } from '../metrics/pendingFiles.ts';
import { recoverTempEntries } from '../metrics/recoverTempEntries.ts';
import { holdMetricsLock } from './holdMetricsLock.ts';
import { sweepMetricsLitter } from './sweepMetricsLitter.ts';

/** One thing that was done to the files that all runs of a task share. */
export type SharedAction =
  /** Temporary files of the queue that hold entries: `files` of them became queued entries; `discarded` hold none. */
  | { kind: 'recovered' | 'discarded'; files: number }
  | { kind: 'merged'; entries: number }
  /** The aggregates; `reason`: why the whole history was read, in words, or null. */
  | { kind: 'updated'; runs: number; reason: string | null }
  | { kind: 'swept'; files: number };

/**
 * Merges the queue, brings the aggregates up to date and sweeps temporary files, all under the metrics lock.
 *
 * @throws FailureError `metrics-busy`; errno errors
 */
export async function repairSharedMetrics(env: TaskEnvironment): Promise<SharedAction[]> {
  return holdMetricsLock(env, async () => {
    const doubt = dropDoubtedCheckpoint(env);
    const files = await sweepMetricsLitter(env);
    const queue = await recoverQueue(taskPaths(env).metricsPendingDir);
    const entries = await mergePendingMetricsEntries(env);
    const before = await storedTexts(env);
    const { runs, rebuilt } = await updateMetricsAggregates(env, doubt);
    const after = await storedTexts(env);
    const isUpdated = [...after].some(([file, text]) => before.get(file) !== text);
    return [
      ...queue,
      ...(entries > 0 ? [{ kind: 'merged' as const, entries }] : []),
      ...(isUpdated ? [{ kind: 'updated' as const, runs, reason: rebuilt }] : []),
      ...(files > 0 ? [{ kind: 'swept' as const, files }] : []),
    ];
  });
}

/** Merging would do the same, but not say so. */
async function recoverQueue(directory: string): Promise<SharedAction[]> {
  const names = namesIn(directory, '.tmp');
  if (names.length === 0) return [];
  const recovered = await recoverTempEntries(directory, names);
  const kept = new Set(namesIn(directory, '.tmp'));
  const discarded = names.filter((name) => !kept.has(name)).length - recovered;
  return [
    ...(recovered > 0 ? [{ kind: 'recovered' as const, files: recovered }] : []),
    ...(discarded > 0 ? [{ kind: 'discarded' as const, files: discarded }] : []),
  ];
}

async function storedTexts(env: TaskEnvironment): Promise<Map<string, string | null>> {
  const texts = new Map<string, string | null>();
  const checkpoint = checkpointPath(taskPaths(env).aggregatesDir);
  for (const file of [...Object.values(aggregateFiles(env)), checkpoint]) {
    texts.set(file, await textOf(file));
  }
  return texts;
}

/** Null also for a folder in the place of the file, which the update removes. */
async function textOf(file: string): Promise<string | null> {
  try {
    return await readIfPresent(file);
  } catch (error) {
    if (isInTheWay(error)) return null;
    throw error;
  }
}
