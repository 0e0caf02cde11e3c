import type { SubpipelineStage } from '../config/types.ts';
import { FailureError } from '../failure.ts';
import { findCommand } from '../run/projection.ts';
import type { ChildRun, CommandStatus } from '../run/manifestTypes.ts';
import type { StageResult } from './commandStage.ts';
import type { RunCancellation } from './cancellation.ts';
import { emit, record, type RunContext } from './runContext.ts';

/** Starts or resumes a child run; `onClaimed` is called as soon as its run id is certain. */
export type ChildRunner = (request: {
  pipelineId: string;
  /** Run id of the child of an earlier attempt, to be finished instead of begun anew. */
  earlier: string | null;
  onClaimed: (runId: string) => void;
  /** Ends the child early; narrower than the parent's own. */
  cancellation: RunCancellation;
}) => Promise<{ child: ChildRun; summary: string | null; cancelled: boolean }>;

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
  try {
    const result = await runChild({
      pipelineId: stage.pipeline,
      cancellation: context.settings.cancellation,
      earlier: findCommand(context.store.manifest, stage.id, index)?.sub_run_id ?? null,
      onClaimed: (runId) => {
        record(context, { type: 'subpipeline:start', sub_run_id: runId, ...facts });
        context.store.noteTransition();
        const { stageId, stageIndex, title } = about;
        emit(context, { type: 'stage:child', stageId, stageIndex, title, childRunId: runId });
      },
    });
    child = result.child;
    summary = result.summary;
    status = child.status === 'succeeded' ? 'succeeded' : 'failed';
    stopDetail = `subpipeline:${stage.pipeline}:failed`;
    if (status === 'failed' && stage.optional && !result.cancelled) status = 'skipped';
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    summary = `Execution error: ${error.message}`;
    status = stage.optional ? 'skipped' : 'failed';
    stopDetail = `subpipeline:${stage.pipeline}:error`;
  }

  const durationMs = Math.round(performance.now() - startedMs);
  record(context, { type: 'subpipeline:end', duration_ms: durationMs, status, summary, child, ...facts });
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
    outputTail: '',
  });
  return { status, stopDetail: status === 'failed' ? stopDetail : null };
}
