import type { SubpipelineStage } from '../config/types.ts';
import { FailureError } from '../failure.ts';
import { findCommand } from '../run/projection.ts';
import type { ChildRun, CommandStatus } from '../run/manifestTypes.ts';
import { keyOfAll } from './stageKeys.ts';
import type { StageResult } from './commandStage.ts';
import type { RunCancellation } from './cancellation.ts';
import { emit, record, type RunContext } from './runContext.ts';

export interface ChildRequest {
  pipelineId: string;
  /** Run id of the child of an earlier attempt, to be finished instead of begun anew. */
  earlier: string | null;
  /** Called as soon as its run id is certain. */
  onClaimed: (runId: string) => void;
  /** Ends the child early; narrower than the parent's own. */
  cancellation: RunCancellation;
  /** Keys of what the stage needs; null when one of them is not known. */
  keysAbove: Readonly<Record<string, string>> | null;
}

/** Starts or resumes a child run. */
export type ChildRunner = (request: ChildRequest) => Promise<{
  child: ChildRun;
  summary: string | null;
  cancelled: boolean;
  /** See {@link StageResult}. */
  ranWhole: boolean;
  /** Keys of all its stages; null when one of them is not known. */
  keys: Record<string, string> | null;
}>;

/**
 * Runs a sub-pipeline as a child run of the same task. Its result is the stage's: `succeeded`, or `skipped` when
 * the stage is optional, or `failed`. A child that cannot even begin counts as failed; errno errors travel on.
 */
export async function runSubpipelineStage(
  context: RunContext,
  stage: SubpipelineStage,
  index: number,
  runChild: ChildRunner,
): Promise<StageResult> {
  const startedMs = performance.now();
  const facts = { stage_id: stage.id, index, pipeline: stage.pipeline };
  const about = {
    stageId: stage.id,
    stageIndex: index,
    title: stage.title,
    kind: stage.kind,
    builtin: false,
    logPath: null,
  };
  emit(context, { type: 'stage:started', ...about, attempt: 1 });

  let child: ChildRun | null = null;
  let summary: string | null;
  let status: CommandStatus;
  let stopDetail: string;
  let wasCancelled = false;
  let ranWhole = false;
  let key: string | null = null;
  try {
    const result = await runChild({
      pipelineId: stage.pipeline,
      cancellation: context.settings.cancellation,
      keysAbove: context.keys.ofNeeds(index),
      earlier: findCommand(context.store.manifest, stage.id, index)?.sub_run_id ?? null,
      onClaimed: (runId) => {
        record(context, { type: 'subpipeline:start', sub_run_id: runId, ...facts });
        context.store.noteTransition();
        const { stageId, stageIndex, title } = about;
        emit(context, { type: 'stage:child', stageId, stageIndex, title, childRunId: runId });
      },
    });
    child = result.child;
    ({ summary, cancelled: wasCancelled, ranWhole } = result);
    status = child.status === 'succeeded' ? 'succeeded' : 'failed';
    stopDetail = `subpipeline:${stage.pipeline}:failed`;
    if (status === 'failed' && stage.optional && !wasCancelled) status = 'skipped';
    if (status === 'succeeded' && context.settings.cache !== null) key = keyOfAll(result.keys);
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    summary = `Execution error: ${error.message}`;
    status = stage.optional ? 'skipped' : 'failed';
    stopDetail = `subpipeline:${stage.pipeline}:error`;
  }

  const durationMs = Math.round(performance.now() - startedMs);
  if (key !== null) context.keys.set(index, key);
  record(context, {
    type: 'subpipeline:end',
    duration_ms: durationMs,
    status,
    summary,
    child,
    ...(key !== null && { cache_key: key }),
    ...facts,
  });
  emit(context, {
    type: 'stage:completed',
    ...about,
    status,
    exitCode: null,
    signal: null,
    durationMs,
    summary,
    subRunId: child?.run_id ?? null,
    flaky: false,
    cachedFrom: null,
    outputTail: '',
  });
  return { status, stopDetail: status === 'failed' ? stopDetail : null, wasCancelled, ranWhole };
}
