import type { StartRequest } from '../pipeline/openNewRun.ts';
import { planPipeline } from '../pipeline/plan.ts';
import type { RawLoopOptions } from '../rlm/options/rawOptions.ts';
import { validateRunId } from '../run/ids.ts';
import type { TaskEnvironment } from '../run/paths.ts';
import type { PipelineChoice } from './pipelineChoice.ts';
import { stageEnvironmentFor } from './rlm/foreignLoop.ts';

/** A pipeline that was chosen, and where it is to run. */
export interface ChosenStart {
  env: TaskEnvironment;
  choice: PipelineChoice;
  /** Stage to mark in the plan; null: none was asked for. */
  target: string | null;
  /** On top of what comes along with the way the pipeline was asked for. */
  stageEnv: Record<string, string>;
}

/**
 * What a run of a chosen pipeline begins with.
 *
 * @param flags - what was given for a loop.
 * @throws FailureError for options that do not make sense, alone or for this pipeline.
 */
export function startRequest(
  options: { parentRun: string | undefined; approvalPolicy: string | undefined },
  { env, choice, target, stageEnv }: ChosenStart,
  flags: RawLoopOptions,
): StartRequest {
  const { pipeline, stageEnvironment } = choice.resolved;
  const parentRunId = options.parentRun === undefined ? null : validateRunId(options.parentRun);
  const plan = planPipeline(pipeline, target);
  const forStages = stageEnvironmentFor(pipeline, choice.loaded.config, flags);
  return {
    env,
    plan,
    overrides: { ...stageEnvironment, ...stageEnv, ...forStages },
    parentRunId,
    approvalPolicy: options.approvalPolicy ?? null,
    depth: 0,
  };
}
