import { type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { dropDoubtedCheckpoint } from './dropDoubtedCheckpoint.ts';
import { markMergedEntries } from './mergedEntries.ts';
import { mergePendingMetricsEntries, updateMetricsAggregates, withMetricsLock } from './metricsAggregator.ts';
import { listQueue } from './pendingFiles.ts';
import { recountWarning } from './recountWarning.ts';

/**
 * Leaves no entry behind: whoever recorded a run, at once or by queuing its entry, calls this when it has let go of the
 * run. Queued entries are merged and counted, and the manifests of their runs say so, until the queue is empty or another
 * process has the lock.
 *
 * That process looks here again after it has released the lock, and so does everybody: an entry queued while the lock
 * was held is either seen by its holder, or its own run gets the lock. Only what a kill leaves waits for the next run
 * or a repair.
 *
 * @returns sentences for the user.
 * @throws errno errors; every entry is still in the queue, in `metrics.json` or in both.
 */
export async function drainMetricsQueue(env: TaskEnvironment): Promise<{ warnings: string[] }> {
  const warnings: string[] = [];
  const { metricsPendingDir } = taskPaths(env);
  for (;;) {
    const { entries, merged } = listQueue(metricsPendingDir);
    const marked = await markMergedEntries(env, merged);
    if (entries.length === 0 && !marked) return { warnings };
    const obtained = await withMetricsLock(
      env,
      async () => void warnings.push(...(await mergeAndCount(env))),
      {
        attempts: 1,
      },
    );
    if (!obtained && !marked) return { warnings };
  }
}

/** Under the metrics lock. */
async function mergeAndCount(env: TaskEnvironment): Promise<string[]> {
  const doubt = dropDoubtedCheckpoint(env);
  const copied = await mergePendingMetricsEntries(env);
  return copied === 0 ? [] : recountWarning(await updateMetricsAggregates(env, doubt));
}
