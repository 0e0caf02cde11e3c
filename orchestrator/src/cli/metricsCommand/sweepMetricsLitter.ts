import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { sweepTempFiles } from '../../storage/sweepTempFiles.ts';
import { checkpointPath, readCheckpointHead } from '../metrics/checkpoint.ts';
import { namesIn } from '../metrics/pendingFiles.ts';
import { sweepAggregates } from '../metrics/sweepAggregates.ts';

/**
 * Removes what killed processes left beside the metrics of a task and the other files that its runs share: temporary
 * files, and indexes that belong to no checkpoint. Call it only under the metrics lock.
 *
 * @returns how many files and folders were removed
 * @throws errno errors
 */
export async function sweepMetricsLitter(env: TaskEnvironment): Promise<number> {
  const { aggregatesDir, metricsLockPath, stateLockPath, runsIndexPath, driftPath } = taskPaths(env);
  const index = readCheckpointHead(checkpointPath(aggregatesDir))?.index ?? null;
  let removed = await sweepAggregates(env, index);
  for (const file of [metricsLockPath, stateLockPath, runsIndexPath, driftPath]) {
    removed += await sweepTempFiles(file);
  }
  if (index === null) return removed;
  const folder = path.join(aggregatesDir, index);
  // A file in its place is for the update that follows.
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return removed;
  for (const name of namesIn(folder, '').filter((each) => /^\w+\.\d+$/.test(each))) {
    await rm(path.join(folder, name), { force: true });
    removed += 1;
  }
  return removed;
}
