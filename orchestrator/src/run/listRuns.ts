import { FailureError } from '../failure.ts';
import { errorCode } from '../storage/errorCode.ts';
import { newestRuns } from './findRun.ts';
import { runIdTime } from './ids.ts';
import type { RunStatus } from './manifestTypes.ts';
import { runPaths, type TaskEnvironment } from './paths.ts';
import { readSnapshot, type RunSnapshot } from './readSnapshot.ts';

/** A run as a list shows it. One whose evidence cannot be read is listed all the same: it is there. */
export type ListedRun = { runId: string; taskId: string; manifestPath: string } & (
  | ({ kind: 'run' } & RunSnapshot)
  | { kind: 'damaged'; error: Error }
);

/** A recorded status, or whether somebody works on a run that has not ended. */
export type StatusFilter = RunStatus | 'live' | 'dead';

export interface RunFilter {
  status?: StatusFilter | undefined;
  pipelineId?: string | undefined;
  /** Epoch ms; runs that started earlier are left out. */
  sinceMs?: number | undefined;
}

/**
 * The runs of the given tasks that pass the filter, newest first. They are read one at a time as they are asked for.
 * A damaged run comes whenever its id does not rule it out; whether it passes the rest cannot be known.
 */
export async function* listRuns(
  env: TaskEnvironment,
  tasks: string[],
  filter: RunFilter,
): AsyncGenerator<ListedRun> {
  const { sinceMs = Number.NEGATIVE_INFINITY } = filter;
  // Most ids tell their time, so old runs are passed over unread.
  const mayBeRecent = (runId: string): boolean => (runIdTime(runId) ?? Number.POSITIVE_INFINITY) >= sinceMs;
  for (const { taskId, runId } of newestRuns(env, tasks, mayBeRecent)) {
    const run = await readListed({ ...env, taskId }, runId);
    if (run !== null && (run.kind === 'damaged' || passes(run, filter))) yield run;
  }
}

async function readListed(env: TaskEnvironment, runId: string): Promise<ListedRun | null> {
  const paths = runPaths(env, runId);
  const place = { runId, taskId: env.taskId, manifestPath: paths.manifestPath };
  try {
    return { ...place, kind: 'run', ...(await readSnapshot(paths)) };
  } catch (error) {
    // Removed since the folder was listed.
    if (errorCode(error) === 'ENOENT') return null;
    if (error instanceof FailureError || (error instanceof Error && errorCode(error) !== '')) {
      return { ...place, kind: 'damaged', error };
    }
    throw error;
  }
}

function passes({ manifest, liveness }: RunSnapshot, { status, pipelineId, sinceMs }: RunFilter): boolean {
  if (pipelineId !== undefined && manifest.pipeline_id !== pipelineId) return false;
  if (sinceMs !== undefined && Date.parse(manifest.started_at) < sinceMs) return false;
  if (status === undefined) return true;
  return status === 'live' || status === 'dead' ? liveness.state === status : manifest.status === status;
}
