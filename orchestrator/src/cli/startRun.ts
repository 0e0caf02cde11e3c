import type { PipelineConfig } from '../config/types.ts';
import { planPipeline } from '../pipeline/plan.ts';
import { startPipeline } from '../pipeline/runPipeline.ts';
import { validateRunId } from '../run/ids.ts';
import type { RawLoopOptions } from '../rlm/options/rawOptions.ts';
import type { TaskEnvironment } from '../run/paths.ts';
import type { CliContext } from './context.ts';
import type { PipelineChoice } from './pipelineChoice.ts';
import { foreignExitCode, runsLoop, stageEnvironmentFor } from './rlm/foreignLoop.ts';
import { loopFlags, type LoopFlagOptions } from './rlm/loopFlags.ts';
import { runSession, type SessionOptions } from './runSession.ts';

/** What `start` and `rlm` have in common. */
export interface StartRunOptions extends SessionOptions, LoopFlagOptions {
  parentRun: string | undefined;
  approvalPolicy: string | undefined;
}

/** Runs a pipeline that was chosen, with its loop if it has one. Resolves with the exit code. */
export async function startRun(
  options: StartRunOptions,
  context: CliContext,
  request: {
    env: TaskEnvironment;
    choice: PipelineChoice;
    /** Stage to mark in the plan; null: none was asked for. */
    target: string | null;
    /** On top of what comes along with the way the pipeline was asked for. */
    stageEnv: Record<string, string>;
  },
): Promise<number> {
  const { env, choice, target } = request;
  const { pipeline, stageEnvironment } = choice.resolved;
  const { config } = choice.loaded;
  const parentRunId = options.parentRun === undefined ? null : validateRunId(options.parentRun);
  const plan = planPipeline(pipeline, target);
  const hasLoop = runsLoop(pipeline, config);
  const asked = await loopFlags(options, context);
  const flags = hasLoop ? await withValidator(context, env.repoRoot, asked, config) : asked;
  const forStages = stageEnvironmentFor(pipeline, config, flags);
  return runSession(
    context,
    options,
    { config, pipeline },
    async (settings) => {
      const result = await startPipeline(settings, {
        env,
        plan,
        overrides: { ...stageEnvironment, ...request.stageEnv, ...forStages },
        parentRunId,
        approvalPolicy: options.approvalPolicy ?? null,
        depth: 0,
      });
      const exitCode = hasLoop ? undefined : foreignExitCode(pipeline, result.paths);
      return exitCode === undefined ? result : { ...result, exitCode };
    },
    flags,
  );
}

/** Loaded for loops alone: what can ask on a terminal takes a while to load. */
async function withValidator(
  context: CliContext,
  repoRoot: string,
  flags: RawLoopOptions,
  { rlm }: PipelineConfig,
): Promise<RawLoopOptions> {
  const { offerValidators } = await import('./rlm/offerValidators.ts');
  return offerValidators(context, repoRoot, flags, rlm);
}
