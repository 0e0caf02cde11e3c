import type { ListedRun } from '../../run/listRuns.ts';
import { runDurationMs } from './runState.ts';

/** What `runs` prints with `--format json`. `nowMs` is epoch ms; durations are in ms. */
export function runsJson(runs: readonly ListedRun[], nowMs: number): { runs: Record<string, unknown>[] } {
  return { runs: runs.map((run) => runJson(run, nowMs)) };
}

function runJson(run: ListedRun, nowMs: number): Record<string, unknown> {
  if (run.kind === 'damaged') {
    return { run_id: run.runId, task_id: run.taskId, status: 'damaged', manifest: run.manifestPath };
  }
  const { manifest, liveness } = run;
  return {
    run_id: run.runId,
    task_id: run.taskId,
    pipeline_id: manifest.pipeline_id,
    parent_run_id: manifest.parent_run_id,
    status: manifest.status,
    status_detail: manifest.status_detail,
    liveness: { state: liveness.state, detail: liveness.detail },
    started_at: manifest.started_at,
    completed_at: manifest.completed_at,
    duration_ms: runDurationMs(run, nowMs),
    stages_passed: manifest.commands.filter((command) => command.status === 'succeeded').length,
    stages_total: manifest.commands.length,
    manifest: `${manifest.artifact_root}/manifest.json`,
  };
}
