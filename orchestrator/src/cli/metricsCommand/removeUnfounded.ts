import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { artifactPath, type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { adoptLegacyRunsIndex } from '../../run/runsIndex.ts';
import { aggregateDocuments, aggregateFiles } from '../metrics/aggregates/aggregateDocuments.ts';
import { emptyHistory } from '../metrics/aggregates/historyState.ts';
import { checkpointPath, readCheckpoint } from '../metrics/checkpoint.ts';
import { sweepAggregates } from '../metrics/sweepAggregates.ts';

/** No index has this name: all that are there belong to an earlier history. */
const NO_INDEX = '';

/**
 * Removes the aggregates of a task about which its history has nothing; all of them and the index when no line of it
 * counts. An update leaves them: of its own it cannot tell whether they were ever right. Call it only under the metrics
 * lock, right after an update that counted the whole history.
 *
 * @returns the removed aggregates, relative to the repository
 * @throws errno errors
 */
export async function removeUnfounded(env: TaskEnvironment): Promise<string[]> {
  // There is none exactly when there was nothing to count.
  const checkpoint = await readCheckpoint(checkpointPath(taskPaths(env).aggregatesDir));
  const isEmpty = 'unusable' in checkpoint;
  const history = isEmpty ? emptyHistory() : checkpoint.history;
  if (isEmpty) await sweepAggregates(env, NO_INDEX);
  const { baseline, state } = aggregateFiles(env);
  const documents = aggregateDocuments(env, history, null, '');
  const removed: string[] = [];
  for (const [file, document] of [[baseline, history.baseline] as const, ...documents]) {
    if (document !== null || !existsSync(file)) continue;
    // An old version kept the runs index there: until that has been moved, it is the only copy.
    if (file === state && !(await adoptLegacyRunsIndex(env))) continue;
    await rm(file);
    removed.push(artifactPath(env, file));
  }
  return removed;
}
