import type { Stage } from '../config/types.ts';
import { readStageDurations, recordStageDurations } from '../run/stageDurations.ts';
import { subordinateCancellation } from './cancellation.ts';
import { runCommandStage, type StageResult } from './commandStage.ts';
import { createRunOutcome } from './graph/runOutcome.ts';
import { createSchedule } from './graph/schedule.ts';
import { isGraph, stageNodes } from './graph/stageNodes.ts';
import type { ExecutionResult, RunContext } from './runContext.ts';
import { runSubpipelineStage, type ChildRunner } from './subpipelineStage.ts';

/**
 * Runs the stages that have not passed yet, each as soon as what it needs has passed and there is room for it, until all
 * have ended, a failure ends them as the failure policy says, or the run is cancelled. Throws the errno error that kept
 * evidence from being written, once everything that ran has ended.
 */
export async function executeStages(context: RunContext, runChild: ChildRunner): Promise<ExecutionResult> {
  const { settings, plan, store, env } = context;
  const { cancellation, slots, onFailure } = settings;
  const durations = isGraph(plan.stages) ? readStageDurations(env, plan.pipeline.id) : null;
  const nodes = stageNodes(plan.stages, store.manifest.commands, durations ?? new Map());
  const schedule = createSchedule(nodes, onFailure);
  const outcome = createRunOutcome(plan.stages.length, onFailure);
  const inner = subordinateCancellation(cancellation);
  const stageContext = { ...context, settings: { ...settings, cancellation: inner } };
  const running = new Set<Promise<void>>();
  const tookMs = new Map<string, number>();
  const faults: unknown[] = [];

  const run = async (at: number, stage: Stage): Promise<void> => {
    const startedMs = performance.now();
    const result = await runStage(stageContext, stage, at + 1, runChild);
    store.noteTransition();
    const passed = result.stopDetail === null;
    if (passed && result.ranWhole) tookMs.set(stage.id, performance.now() - startedMs);
    if (!passed && onFailure === 'stop') inner.cancel('failure');
    outcome.add(result);
    schedule.ended(at, passed);
  };
  const begin = (at: number, stage: Stage): void => {
    slots.take(slotsOf(stage));
    const end: Promise<void> = run(at, stage)
      .catch((error: unknown) => {
        faults.push(error);
        inner.cancel('failure');
      })
      .finally(() => {
        running.delete(end);
        slots.release(slotsOf(stage));
      });
    running.add(end);
  };
  const fits = (at: number) => slots.free >= slotsOf(plan.stages[at]);

  while (cancellation.cause === null && faults.length === 0) {
    for (let at = schedule.next(fits); at !== null; at = schedule.next(fits)) {
      const stage = plan.stages[at];
      if (stage !== undefined) begin(at, stage);
    }
    if (running.size === 0 && !schedule.hasReady()) break;
    // Every stage that ends wakes all who wait, also those whose slots are with other runs of this process. To wait for
    // the stages themselves would hang one more reaction on each that runs, every time that another ends.
    await slots.released();
  }
  await Promise.all(running);
  if (faults.length > 0) throw faults[0];
  if (durations !== null) recordStageDurations(env, plan.pipeline.id, durations, tookMs);
  return outcome.result(cancellation.cause, schedule.hasReady());
}

/** A sub-pipeline only waits for its own stages, which take slots themselves. */
function slotsOf(stage: Stage | undefined): number {
  return stage?.kind === 'command' ? 1 : 0;
}

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
