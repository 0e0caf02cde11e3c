import fs from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { FailureError } from '../../failure.ts';
import { validateRunId } from '../../run/ids.ts';
import { runPaths, type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { errorCode } from '../../storage/errorCode.ts';
import { markRecorded } from './markRecorded.ts';
import { namesIn } from './pendingFiles.ts';
import { readRawLines } from './rawLines.ts';
import { parseStoredEntry, type StoredEntry } from './storedEntry.ts';

const SUFFIX = '.merged';

/**
 * Takes a file out of the pending queue whose lines are in `metrics.json` now. One that names a run of this task is kept
 * as `<name>.merged` until the manifest of that run says so too; a kill in between leaves it to the next
 * {@link markMergedEntries}.
 *
 * @throws errno errors; the file is still queued then, and its lines count once however often they are merged.
 */
export async function retirePendingFile(env: TaskEnvironment, file: string): Promise<void> {
  const entries = await entriesOf(env, file);
  if (entries.length === 0) await rm(file, { force: true });
  else await rename(file, `${file}${SUFFIX}`);
}

/**
 * Sets `metrics_recorded` in the manifests of runs whose queued entries were merged. Needs no lock of the metrics; runs
 * that somebody still works on are left to their owner, which calls this when it has let go of them.
 *
 * @returns whether anything was done.
 * @throws errno errors.
 */
export async function markMergedEntries(env: TaskEnvironment): Promise<boolean> {
  const { metricsPendingDir } = taskPaths(env);
  let progress = false;
  for (const name of namesIn(metricsPendingDir, SUFFIX)) {
    const file = path.join(metricsPendingDir, name);
    if (!(await markAll(env, file))) continue;
    await rm(file, { force: true });
    progress = true;
  }
  return progress;
}

/** Whether nothing is left to be done for a file. */
async function markAll(env: TaskEnvironment, file: string): Promise<boolean> {
  let done = true;
  for (const entry of await entriesOf(env, file)) {
    try {
      if ((await markRecorded(env, entry)) === 'owned') done = false;
    } catch (error) {
      // The entry has been counted. A damaged manifest stays as it is, for whoever looks into it; one that cannot be read
      // or written now keeps nobody else from being marked, and is tried again.
      if (error instanceof FailureError) continue;
      if (errorCode(error) === '') throw error;
      done = false;
    }
  }
  return done;
}

/** The entries of a file whose runs are here; none when another process has dealt with it meanwhile. */
async function entriesOf(env: TaskEnvironment, file: string): Promise<StoredEntry[]> {
  const entries: StoredEntry[] = [];
  try {
    for await (const line of readRawLines(file, env.activity)) {
      const entry = parseStoredEntry(line.toString('utf8'));
      if (entry !== null && hasManifest(env, entry.run_id)) entries.push(entry);
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  return entries;
}

/** The queue is open to other tools, so an id is checked before it becomes a path. */
function hasManifest(env: TaskEnvironment, runId: string): boolean {
  try {
    return fs.existsSync(runPaths(env, validateRunId(runId)).manifestPath);
  } catch (error) {
    if (error instanceof FailureError) return false;
    throw error;
  }
}
