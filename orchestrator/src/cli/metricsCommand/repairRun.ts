import { existsSync, closeSync } from 'node:fs';
import path from 'node:path';
import { claimTerminalRun } from '../../run/claimRun.ts';
import { isOwnJournal } from '../../run/journal.ts';
import { inspectLiveness, isTerminal } from '../../run/liveness.ts';
import type { Manifest } from '../../run/manifestTypes.ts';
import { type RunPaths, type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { readRun } from '../../run/readRun.ts';
import { finishScheduler } from '../../run/schedulerRecord.ts';
import { sweepTempFiles } from '../../storage/sweepTempFiles.ts';
import { checkpointPath, readCheckpoint } from '../metrics/checkpoint.ts';
import { markRecorded } from '../metrics/markRecorded.ts';
import { appendMetricsEntry } from '../metrics/metricsRecorder.ts';
import { openHistory } from '../metrics/openHistory.ts';
import { runIdHash } from '../metrics/runIdHash.ts';
import { openRunIdIndex } from '../metrics/runIdIndex.ts';
import { entryAt } from '../metrics/runLines.ts';
import type { StoredEntry } from '../metrics/storedEntry.ts';

/**
 * What became of a run: `fine` nothing to do; `recorded` its line was missing; `marked` its line was there, only its
 * manifest did not say so; `owned` somebody works on it.
 */
export type RunRepair = 'fine' | 'recorded' | 'marked' | 'owned';

/**
 * Records an ended run whose process did not get to it, as the recorder would have. Owns the run meanwhile, so that
 * nobody resumes or records it at the same time. Call it without the metrics lock, with aggregates that are up to date.
 *
 * @param seen the run as it was read a moment ago
 * @throws FailureError `damaged-evidence`; errno errors, ENOENT when the run is gone
 */
export async function repairRun(env: TaskEnvironment, paths: RunPaths, seen: Manifest): Promise<RunRepair> {
  if (!isUnrecorded(seen)) return 'fine';
  if (await mayBeForeign(paths, seen)) return 'owned';
  const entry = await recordedEnd(env, seen);
  if (entry !== null) {
    const marking = await markRecorded(env, entry);
    return marking === 'recorded' ? 'marked' : marking === 'owned' ? 'owned' : 'fine';
  }
  const owner = await claimTerminalRun(paths);
  if (owner === null) return 'owned';
  try {
    // Until the claim its owner may still have been writing.
    const manifest = await readRun(paths);
    if (!isUnrecorded(manifest) || (await recordedEnd(env, manifest)) !== null) return 'fine';
    await sweepTempFiles(paths.manifestPath, { olderThanMs: 0 });
    // Killed between the last word of the journal and the manifest.
    if (hasOpenAssignment(manifest)) finishScheduler(manifest, manifest.completed_at ?? manifest.updated_at);
    await appendMetricsEntry(env, paths, manifest);
    return 'recorded';
  } finally {
    await owner.release();
  }
}

/** Whether a run has ended and its manifest does not say that it was recorded. Pure. */
export function isUnrecorded(manifest: Manifest): boolean {
  return isTerminal(manifest) && !manifest.metrics_recorded;
}

/**
 * The line of the history about this very end of a run; null when there is none. It is looked up in the index of the
 * checkpoint. Were it missed, there would be a second line about the same end, which does not count.
 */
async function recordedEnd(env: TaskEnvironment, manifest: Manifest): Promise<StoredEntry | null> {
  const { metricsPath, aggregatesDir } = taskPaths(env);
  const checkpoint = await readCheckpoint(checkpointPath(aggregatesDir));
  if ('unusable' in checkpoint) return null;
  const directory = path.join(aggregatesDir, checkpoint.index);
  const descriptor = existsSync(directory) ? openHistory(metricsPath) : null;
  if (descriptor === null) return null;
  try {
    for (const offset of openRunIdIndex(directory).offsets(runIdHash(manifest.run_id))) {
      const entry = entryAt(descriptor, offset);
      if (entry?.run_id !== manifest.run_id || entry.status !== manifest.status) continue;
      if (entry['completed_at'] === manifest.completed_at) return entry;
    }
    return null;
  } finally {
    closeSync(descriptor);
  }
}

/** Another tool leaves no lock; while its heartbeat is fresh it may be about to record the run itself. */
async function mayBeForeign(paths: RunPaths, manifest: Manifest): Promise<boolean> {
  const { owner, heartbeatAgeMs } = await inspectLiveness(paths, manifest);
  const isFresh = heartbeatAgeMs !== null && heartbeatAgeMs <= manifest.heartbeat_stale_after_seconds * 1000;
  return owner === null && isFresh && !(await isOwnJournal(paths.journalPath));
}

function hasOpenAssignment({ scheduler }: Manifest): boolean {
  return (scheduler?.assignments ?? []).some(({ status }) => status === 'running');
}
