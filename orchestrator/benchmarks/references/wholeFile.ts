import { emptyHistory } from '../../src/cli/metrics/aggregates/historyState.ts';
import { writeAggregates } from '../../src/cli/metrics/aggregates/writeAggregates.ts';
import { parseStoredEntry, type StoredEntry } from '../../src/cli/metrics/storedEntry.ts';
import { supersedes } from '../../src/cli/metrics/supersedes.ts';
import { type TaskEnvironment, taskPaths } from '../../src/run/paths.ts';
import { readIfPresent } from '../../src/run/readIfPresent.ts';
import { foldPlainly } from './foldPlainly.ts';

/**
 * The baseline: aggregates of a task from its whole `metrics.json`, read at once, split and parsed (commit 90d81d0,
 * `orchestrator/src/cli/metrics/metricsAggregator.ts`). Only the writing of the documents is today's, which costs the
 * same for every history. Call it only under the metrics lock.
 *
 * @throws errno errors; Error with the code `ERR_STRING_TOO_LONG` for a history of more than 512 MiB.
 */
export async function wholeFile(env: TaskEnvironment): Promise<void> {
  const text = await readIfPresent(taskPaths(env).metricsPath);
  if (text === null) return;
  const entries = text.split('\n').map(parseStoredEntry);
  const state = emptyHistory();
  for (const [place, entry] of latestEntries(entries.filter((line) => line !== null)).entries()) {
    foldPlainly(state, entry, place);
  }
  await writeAggregates(env, state);
}

function latestEntries(entries: Iterable<StoredEntry>): StoredEntry[] {
  const byRun = new Map<string, StoredEntry>();
  for (const entry of entries) {
    const known = byRun.get(entry.run_id);
    if (known === undefined || supersedes(entry, known)) byRun.set(entry.run_id, entry);
  }
  return [...byRun.values()];
}
