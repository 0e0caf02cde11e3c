import type { Difference } from '../metricsCommand/compareMetrics.ts';
import type { Rebuild } from '../metricsCommand/rebuildMetrics.ts';
import type { Repair, RepairAction } from '../metricsCommand/repairMetrics.ts';
import type { MetricsView } from '../metricsCommand/showMetrics.ts';
import type { Verification } from '../metricsCommand/verifyMetrics.ts';

/** What `metrics show` prints with `--format json`: the aggregates as they are stored, and the newest runs, oldest first. */
export function metricsJson(view: MetricsView): Record<string, unknown> {
  const { aggregates, last, durations, lag } = view;
  const succeeded = last.filter(({ status }) => status === 'succeeded').length;
  return {
    task_id: view.taskId,
    aggregates: {
      baseline: aggregates.baseline,
      post_rollout: aggregates.postRollout,
      completeness: aggregates.completeness,
      per_epoch: aggregates.perEpoch,
      mttr_delta: aggregates.mttrDelta,
      state: aggregates.state,
    },
    damaged: view.damaged,
    last: {
      total_runs: last.length,
      succeeded_runs: succeeded,
      completion_rate: last.length === 0 ? null : succeeded / last.length,
      duration_p50_seconds: durations?.p50 ?? null,
      duration_p95_seconds: durations?.p95 ?? null,
      token_total: last.reduce((total, run) => total + run.tokens, 0),
      runs: last.map(({ runId, status, durationSeconds, tokens }) => ({
        run_id: runId,
        status,
        duration_seconds: durationSeconds,
        token_total: tokens,
      })),
    },
    queued: view.queued,
    behind:
      lag === null
        ? null
        : {
            lines: lag.kind === 'behind' ? lag.lines : null,
            reason: lag.kind === 'unsure' ? lag.reason : null,
          },
  };
}

/** What `metrics verify` prints with `--format json`. A difference without `field` is about the whole file. */
export function verificationJson(verification: Verification): Record<string, unknown> {
  const { taskId, runs, differences, damaged, checkpointTrouble, durationMs } = verification;
  return {
    task_id: taskId,
    status: differences.length === 0 ? 'same' : 'different',
    runs,
    differences: differences.map(differenceJson),
    damaged_lines: { count: damaged.count, first: damaged.first },
    checkpoint_trouble: checkpointTrouble,
    duration_ms: durationMs,
  };
}

function differenceJson(difference: Difference): Record<string, unknown> {
  const { file, kind } = difference;
  if (kind === 'unfinished') return { file, problem: kind, bytes: difference.bytes };
  if (kind !== 'field' && kind !== 'kept') return { file, problem: kind };
  const { field, stored = null, recomputed = null } = difference;
  return { file, problem: kind === 'kept' ? 'kept' : 'different', field, stored, recomputed };
}

/** What `metrics rebuild` prints with `--format json`. */
export function rebuildJson(rebuild: Rebuild): Record<string, unknown> {
  const { taskId, runs, bytes, merged, replaced, removed, durationMs } = rebuild;
  return { task_id: taskId, runs, bytes, merged, replaced, removed, duration_ms: durationMs };
}

/** What `metrics repair` prints with `--format json`. */
export function repairJson({ taskId, actions, left }: Repair): Record<string, unknown> {
  return {
    task_id: taskId,
    actions: actions.map(actionJson),
    left_alone: left.map((each) =>
      each.kind === 'owned'
        ? { run_id: each.runId, reason: 'owned', owner: each.owner }
        : { file: each.file, reason: 'damaged', remedy: each.remedy },
    ),
  };
}

function actionJson(action: RepairAction): Record<string, unknown> {
  if (!('runId' in action)) {
    const { kind, ...facts } = action;
    return { action: kind, ...facts };
  }
  return { action: action.kind, run_id: action.runId };
}
