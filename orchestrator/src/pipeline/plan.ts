import type { Pipeline, Stage } from '../config/types.ts';
import { FailureError } from '../failure.ts';
import type { PlanDocument, PlanItem } from '../run/runSummary.ts';

/** A pipeline ready to run: its stages in order, and what `plan` and the run summary say about them. */
export interface RunPlan {
  pipeline: Pipeline;
  stages: Stage[];
  document: PlanDocument;
}

/**
 * Plans a pipeline. Pure. The target stage only marks a stage in the evidence; all stages run. It is, in this
 * order: the asked one (a plan id, or a stage id or alias in any case), the stage marked as default target, the
 * first runnable stage. Throws `stage-not-found` for an asked target that does not exist.
 */
export function planPipeline(pipeline: Pipeline, askedTarget: string | null): RunPlan {
  const target = chooseTarget(pipeline, askedTarget);
  const items = pipeline.stages.map((stage, offset) => planItem(pipeline, stage, offset, stage === target));
  return {
    pipeline,
    stages: pipeline.stages,
    document: {
      items,
      ...(pipeline.description !== null && { notes: pipeline.description }),
      targetId: target === undefined ? null : planId(pipeline, target),
    },
  };
}

/**
 * The stage that a remembered or inherited target names, if this pipeline has it; null otherwise. Unlike an asked
 * target it may come from another pipeline.
 */
export function knownTarget(pipeline: Pipeline, target: string | null): string | null {
  return (target === null ? undefined : findStage(pipeline, target))?.id ?? null;
}

function planItem(pipeline: Pipeline, stage: Stage, offset: number, selected: boolean): PlanItem {
  const { aliases, defaultTarget, executionMode } = stage.plan;
  const requiresCloud = stage.plan.requiresCloud ?? false;
  return {
    id: planId(pipeline, stage),
    description: stage.title,
    requires_cloud: requiresCloud,
    requiresCloud,
    runnable: isRunnable(stage),
    selected,
    metadata: {
      pipelineId: pipeline.id,
      stageId: stage.id,
      stageKind: stage.kind,
      index: offset,
      requiresCloud,
      ...(aliases !== undefined && { aliases }),
      ...(defaultTarget !== undefined && { defaultTarget }),
      ...(executionMode !== undefined && { executionMode }),
    },
  };
}

function chooseTarget(pipeline: Pipeline, asked: string | null): Stage | undefined {
  const { stages } = pipeline;
  if (asked === null) {
    return stages.find((stage) => stage.plan.defaultTarget) ?? stages.find(isRunnable) ?? stages[0];
  }
  const match = findStage(pipeline, asked);
  if (match !== undefined) return match;
  throw new FailureError({
    kind: 'stage-not-found',
    stageId: asked,
    known: stages.map((stage) => stage.id),
    pipelineId: pipeline.id,
  });
}

/** By plan id, else by the last part of it as a stage id or alias in any case. */
function findStage(pipeline: Pipeline, target: string): Stage | undefined {
  const name = (target.split(':').pop() ?? target).toLowerCase();
  return (
    pipeline.stages.find((stage) => planId(pipeline, stage) === target) ??
    pipeline.stages.find(
      (stage) =>
        stage.id.toLowerCase() === name ||
        stage.plan.aliases?.some((alias) => alias.toLowerCase() === name) === true,
    )
  );
}

function planId(pipeline: Pipeline, stage: Stage): string {
  return `${pipeline.id}:${stage.id}`;
}

function isRunnable(stage: Stage): boolean {
  return stage.plan.runnable !== false;
}
