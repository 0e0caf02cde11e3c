import fs from 'node:fs';
import { claimTerminalRun } from '../../run/claimRun.ts';
import { runPaths, type TaskEnvironment } from '../../run/paths.ts';
import { readRun } from '../../run/readRun.ts';
import { jsonDocument, replaceFileSync } from '../../storage/replaceFile.ts';
import type { StoredEntry } from './storedEntry.ts';

/**
 * `recorded`: the manifest says so now, or did before. `owned`: a process works on the run or is ending it.
 * `superseded`: the run is gone, or has been resumed since this entry was made.
 */
export type Marking = 'recorded' | 'owned' | 'superseded';

/**
 * Sets `metrics_recorded` in the manifest of a run whose entry is in `metrics.json`. For entries that another process
 * than their own run put there; it owns the run while it does so, since only its owner may replace a manifest.
 *
 * @param entry as it is in the history; its run id is one of this task.
 * @throws FailureError `damaged-evidence` for a manifest that cannot be understood; errno errors.
 */
export async function markRecorded(env: TaskEnvironment, entry: StoredEntry): Promise<Marking> {
  const paths = runPaths(env, entry.run_id);
  if (!fs.existsSync(paths.manifestPath)) return 'superseded';
  const owner = await claimTerminalRun(paths, env.activity);
  if (owner === null) return 'owned';
  try {
    const manifest = await readRun(paths, env.activity);
    if (manifest.status !== entry.status || manifest.completed_at !== entry['completed_at'])
      return 'superseded';
    if (manifest.metrics_recorded) return 'recorded';
    manifest.metrics_recorded = true;
    manifest.updated_at = new Date().toISOString();
    replaceFileSync(paths.manifestPath, jsonDocument(manifest), {
      activity: env.activity,
      countedAs: 'manifest',
    });
    return 'recorded';
  } finally {
    await owner.release();
  }
}
