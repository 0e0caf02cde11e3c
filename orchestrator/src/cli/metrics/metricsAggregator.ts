import { type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { readIfPresent } from '../../run/readIfPresent.ts';
import { foldHistory } from './aggregates/historyState.ts';
import { writeAggregates } from './aggregates/writeAggregates.ts';
import { latestEntries } from './latestEntries.ts';
import { parseStoredEntry } from './storedEntry.ts';

export { ensureMetricsTrailingNewline } from './metricsFile.ts';
export { withMetricsLock } from './metricsLock.ts';
export { mergePendingMetricsEntries } from './pendingEntries.ts';

/**
 * Computes the aggregates of a task from its whole `metrics.json` and writes them (artifact contract, section 5).
 * Lines that do not count are passed over; a history without any entry writes nothing. Call it only under the
 * metrics lock. Time and memory grow with the history.
 *
 * @throws errno errors; aggregates that were not replaced keep their earlier content.
 */
export async function updateMetricsAggregates(env: TaskEnvironment): Promise<void> {
  const text = await readIfPresent(taskPaths(env).metricsPath);
  if (text === null) return;
  const entries = text.split('\n').map(parseStoredEntry);
  await writeAggregates(env, foldHistory(latestEntries(entries.filter((entry) => entry !== null))));
}
