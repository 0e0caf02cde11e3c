import fs from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { FailureError } from '../../failure.ts';
import { validateRunId } from '../../run/ids.ts';
import { runPaths, type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { errorCode } from '../../storage/errorCode.ts';
import { markRecorded } from './markRecorded.ts';
import { MERGED_SUFFIX } from './pendingFiles.ts';
import { readRawLines } from './rawLines.ts';
import { parseStoredEntry, type StoredEntry } from './storedEntry.ts';

/**
 * Takes a file out of the pending queue whose lines are in `metrics.json` now. One that names a run of this task is kept
 * as `<name>.merged` until the manifest of that run says so too; a kill in between leaves it to the next
 * {@link markMergedEntries}.
 *
 * @param namesRun whether {@link namesRunHere} holds for one of its lines
 * @throws errno errors; the file is still queued then, and its lines count once however often they are merged.
 */
export async function retirePendingFile(file: string, namesRun: boolean): Promise<void> {
  if (namesRun) await rename(file, `${file}${MERGED_SUFFIX}`);
  else await rm(file, { force: true });
}

/** Whether a line of a queued file is the entry of a run that has its manifest here. */
export function namesRunHere(env: TaskEnvironment, line: Buffer): boolean {
  return entryOfRunHere(env, line) !== null;
}

/**
 * Sets `metrics_recorded` in the manifests of runs whose queued entries were merged. Needs no lock of the metrics; runs
 * that somebody still works on are left to their owner, which calls this when it has let go of them.
 *
 * @param names of the merged files in the queue.
 * @returns whether anything was done.
 * @throws errno errors.
 */
export async function markMergedEntries(env: TaskEnvironment, names: readonly string[]): Promise<boolean> {
  const { metricsPendingDir } = taskPaths(env);
  let progress = false;
  for (const name of names) {
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
  for await (const entry of entriesOf(env, file)) {
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
async function* entriesOf(env: TaskEnvironment, file: string): AsyncGenerator<StoredEntry> {
  try {
    for await (const line of readRawLines(file, env.activity)) {
      const entry = entryOfRunHere(env, line);
      if (entry !== null) yield entry;
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

function entryOfRunHere(env: TaskEnvironment, line: Buffer): StoredEntry | null {
  const entry = parseStoredEntry(line.toString('utf8'));
  return entry !== null && hasManifest(env, entry.run_id) ? entry : null;
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
