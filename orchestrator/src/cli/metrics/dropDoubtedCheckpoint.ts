import fs from 'node:fs';
import { type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { countingFor } from '../../storage/fileActivity.ts';
import { syncDirectorySync } from '../../storage/syncDirectory.ts';
import { withPath } from '../../storage/withPath.ts';
import { changedSince, type CheckpointHead, checkpointPath, readCheckpointHead } from './checkpoint.ts';
import { openHistory } from './openHistory.ts';

/**
 * Why the history is not what the checkpoint of the task covers, in words; null when nothing speaks against it. To be asked
 * under the metrics lock and before anything is appended: until then a file that was changed by hand can be told by its
 * times, wherever it was changed; afterwards only by its last bytes. A checkpoint that is in doubt is removed at once, so
 * that a kill after the append does not make it look right again. Throws errno errors.
 */
export function dropDoubtedCheckpoint(env: TaskEnvironment): string | null {
  const { metricsPath, aggregatesDir } = taskPaths(env);
  const head = readCheckpointHead(checkpointPath(aggregatesDir), env.activity);
  const descriptor = head === null ? null : openHistory(metricsPath);
  if (head === null || descriptor === null) return null;
  try {
    const reason = reasonAgainst(head, descriptor, env);
    if (reason !== null) {
      fs.rmSync(checkpointPath(aggregatesDir), { force: true });
      syncDirectorySync(aggregatesDir, env.activity);
    }
    return reason;
  } finally {
    fs.closeSync(descriptor);
  }
}

function reasonAgainst(head: CheckpointHead, descriptor: number, env: TaskEnvironment): string | null {
  try {
    return countingFor(env.activity, () => changedSince(head, descriptor));
  } catch (error) {
    throw withPath(error, taskPaths(env).metricsPath);
  }
}
