import fs from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { errorCode } from '../../storage/errorCode.ts';
import { aggregateFiles } from './aggregates/aggregateDocuments.ts';
import { checkpointPath } from './checkpoint.ts';

/** What the names of the folders that hold an index of run ids begin with. */
export const INDEX_PREFIX = 'run-ids-';

/**
 * Removes what killed writers left beside the aggregates of a task: temporary files, and indexes that belong to no
 * checkpoint. One look at each of three small folders. Call it only under the metrics lock: nobody else writes there then.
 *
 * @param index name of the index that is in use; null: not known, all are left
 * @returns how many files and folders were removed
 * @throws errno errors
 */
export async function sweepAggregates(env: TaskEnvironment, index: string | null): Promise<number> {
  const { aggregatesDir } = taskPaths(env);
  const targets = new Set([checkpointPath(aggregatesDir), ...Object.values(aggregateFiles(env))]);
  const folders = new Set(Array.from(targets, (file) => path.dirname(file)));
  let removed = 0;
  for (const folder of folders) {
    for (const name of namesOf(folder)) {
      const file = path.join(folder, name);
      const isTemporary = /\.\d+$/.test(name) && targets.has(file.slice(0, file.lastIndexOf('.')));
      const isOldIndex =
        index !== null && folder === aggregatesDir && name.startsWith(INDEX_PREFIX) && name !== index;
      if (!isTemporary && !isOldIndex) continue;
      await rm(file, { recursive: true, force: true });
      removed += 1;
    }
  }
  return removed;
}

function namesOf(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
