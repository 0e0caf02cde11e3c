import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { errorCode } from '../../storage/errorCode.ts';
import { count, countSync, type FileActivity } from '../../storage/fileActivity.ts';
import { makeDirectory } from '../../storage/makeDirectory.ts';
import { syncDirectory } from '../../storage/syncDirectory.ts';
import type { MetricsEntry } from './metricsEntry.ts';

const MAX_TRIES = 5;

/**
 * Puts an entry into the pending queue of the task as a file of its own; the next holder of the metrics lock
 * merges it. Needs no lock. The file name is fixed by the metrics contract, section 1.
 *
 * @returns absolute path of the file; it survives a power cut.
 * @throws errno errors; at most a complete temporary file is left behind then, which a later merge recovers.
 */
export async function queuePendingEntry(env: TaskEnvironment, entry: MetricsEntry): Promise<string> {
  const directory = taskPaths(env).metricsPendingDir;
  if (makeDirectory(directory) !== undefined) await syncDirectory(path.dirname(directory), env.activity);
  const line = `${JSON.stringify(entry)}\n`;
  for (let tries = 1; ; tries += 1) {
    const file = path.join(directory, pendingName(entry.run_id));
    try {
      await writeExclusively(`${file}.tmp`, line, env.activity);
      await rename(`${file}.tmp`, file);
      await syncDirectory(directory, env.activity);
      return file;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST' || tries === MAX_TRIES) throw error;
    }
  }
}

/** How the names of files in the queue begin that hold an entry of a run. Pure. */
export function pendingPrefix(runId: string): string {
  return `${runId.replaceAll(/[^a-zA-Z0-9._-]+/g, '_')}-`;
}

function pendingName(runId: string): string {
  return `${pendingPrefix(runId)}${Date.now()}-${randomUUID()}.jsonl`;
}

async function writeExclusively(
  file: string,
  text: string,
  activity: FileActivity | undefined,
): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(text);
    count(activity?.creations, text);
    await handle.sync();
    countSync(activity, 'files');
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}
