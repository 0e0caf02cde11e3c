import { existsSync } from 'node:fs';
import { FailureError } from '../../failure.ts';
import { newestRuns } from '../../run/findRun.ts';
import { isTerminal } from '../../run/liveness.ts';
import { artifactPath, type RunPaths, runPaths, type TaskEnvironment } from '../../run/paths.ts';
import { readRun } from '../../run/readRun.ts';
import { indexedRunIds } from '../../run/repairRunsIndex.ts';
import { errorCode } from '../../storage/errorCode.ts';
import { isUnrecorded } from './repairRun.ts';

/** Ended runs of a task whose end did not get everywhere, oldest first. */
export interface Unfinished {
  /** Their manifests do not say that they were recorded. */
  unrecorded: RunPaths[];
  /** They are missing from `runs.json`, and their summary is there. */
  unindexed: RunPaths[];
  /** Manifests that cannot be understood, relative to the repository. */
  damaged: string[];
}

/** Looks through the manifests of a task, one after another. Takes no lock and changes nothing. Throws errno errors. */
export async function findUnfinished(env: TaskEnvironment): Promise<Unfinished> {
  const found: Unfinished = { unrecorded: [], unindexed: [], damaged: [] };
  const indexed = knownRunIds(env);
  for (const { runId } of [...newestRuns(env, [env.taskId], () => true)].toReversed()) {
    const paths = runPaths(env, runId);
    try {
      const manifest = await readRun(paths);
      if (isUnrecorded(manifest)) found.unrecorded.push(paths);
      if (isTerminal(manifest) && !indexed.has(runId) && existsSync(paths.runSummaryPath))
        found.unindexed.push(paths);
    } catch (error) {
      if (error instanceof FailureError) found.damaged.push(artifactPath(env, paths.manifestPath));
      // Removed since the folder was listed.
      else if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
  return found;
}

/** Only spares looking at each run: for what is not understood here, whoever repairs the index looks again. */
function knownRunIds(env: TaskEnvironment): Set<string> {
  try {
    return indexedRunIds(env);
  } catch (error) {
    if (error instanceof FailureError) return new Set();
    throw error;
  }
}
