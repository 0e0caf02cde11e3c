import type { Stage } from '../config/types.ts';
import { runCommandStage, type StageResult } from './commandStage.ts';
import type { ExecutionResult, RunContext } from './runContext.ts';
import { runSubpipelineStage, type ChildRunner } from './subpipelineStage.ts';

/**
 * Runs the stages that have not succeeded yet, in listed order, until one fails or the run is cancelled. Throws
 * errno errors when evidence cannot be written.
 */
export async function executeStages(context: RunContext, runChild: ChildRunner): Promise<ExecutionResult> {
  const { cancellation } = context.settings;
  for (const [offset, stage] of context.plan.stages.entries()) {
    if (cancellation.cause !== null) break;
    const done = context.store.manifest.commands[offset]?.status;
    if (done === 'succeeded' || done === 'skipped') continue;
    const result = await runStage(context, stage, offset + 1, runChild);
    context.store.noteTransition();
    const isLast = offset === context.plan.stages.length - 1;
    const isDecided = result.isSettled === true && (isLast || result.stopDetail !== null);
    if (cancellation.cause !== null && !isDecided) break;
    if (result.stopDetail !== null) {
      const { stopDetail: statusDetail, exitCode } = result;
      return { status: 'failed', statusDetail, ...(exitCode !== undefined && { exitCode }) };
    }
    if (isDecided) return SUCCEEDED;
  }
  if (cancellation.cause !== null) {
    return { status: 'cancelled', statusDetail: `cancelled:${cancellation.cause}` };
  }
  return SUCCEEDED;
}

const SUCCEEDED: ExecutionResult = { status: 'succeeded', statusDetail: null };

function runStage(
  context: RunContext,
  stage: Stage,
  index: number,
  runChild: ChildRunner,
): Promise<StageResult> {
  return context.profiler.measureStage({ index, id: stage.id }, () =>
    stage.kind === 'command'
      ? runCommandStage(context, stage, index)
      : runSubpipelineStage(context, stage, index, runChild),
  );
}
