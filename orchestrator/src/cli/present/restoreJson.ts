import type { CheckpointList } from '../../rlm/workspace/listCheckpoints.ts';
import type { RestorePlan, RestoreResult } from '../../rlm/workspace/restore.ts';

/** What `rlm restore` without `--iteration` prints with `--format json`. `reason` says why there is no checkpoint. */
export function checkpointsJson(runId: string, found: CheckpointList): Record<string, unknown> {
  const checkpoints = found.kind === 'listed' ? found.checkpoints : [];
  return {
    run_id: runId,
    checkpoints: checkpoints.map(({ name, ref, commit, recordedAt, filesChanged }) => ({
      name,
      ref,
      commit,
      recorded_at: recordedAt,
      files_changed: filesChanged,
    })),
    reason: found.kind === 'no-git' ? found.reason : null,
  };
}

/** What a restore prints with `--format json`. `result` is null when there was nothing to do. */
export function restoreJson(
  { runId, checkpoint }: RestorePlan,
  result: RestoreResult | null,
): Record<string, unknown> {
  return {
    run_id: runId,
    checkpoint: checkpoint.name,
    ref: checkpoint.ref,
    files: result?.restored ?? [],
    remaining: result?.remaining ?? [],
    undo: result?.undo ?? null,
  };
}
