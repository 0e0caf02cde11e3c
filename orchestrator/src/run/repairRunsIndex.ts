import { readRunSummary } from './announcedRuns.ts';
import type { RunPaths, TaskEnvironment } from './paths.ts';
import { archivedRunIds, archiveHolds } from './runsArchive.ts';
import { textField } from './runsDocument.ts';
import { recordRunInIndex } from './runsIndex.ts';
import { readRunsIndex } from './runsIndexFile.ts';

/**
 * Adds a finished run to `runs.json` if it is missing there and in the archive, because its process was stopped after
 * everything else or found the lock of the index busy. Its own `run-summary.json` is what is added.
 *
 * @returns whether the index was changed.
 * @throws FailureError `damaged-evidence` for an index that cannot be read; errno errors.
 */
export async function repairRunsIndex(env: TaskEnvironment, paths: RunPaths): Promise<boolean> {
  const { runId } = paths;
  const index = readRunsIndex(env);
  if (index?.runs.some((run) => textField(run, 'runId') === runId) === true) return false;
  const summary = readRunSummary(paths, env);
  if (summary === null) return false;
  const timestamp = textField(summary, 'timestamp');
  if (archiveHolds(env, runId, timestamp)) return false;
  return (await recordRunInIndex(env, { ...summary, runId, timestamp })).recorded;
}

/**
 * Ids of all runs in the index and its archive, for whoever looks at every run anyway: reads all of it.
 *
 * @throws FailureError `damaged-evidence` for an index that cannot be read; errno errors.
 */
export function indexedRunIds(env: TaskEnvironment): Set<string> {
  const indexed = (readRunsIndex(env)?.runs ?? []).map((run) => textField(run, 'runId'));
  return new Set([...indexed, ...archivedRunIds(env)]);
}
