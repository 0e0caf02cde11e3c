import type { PipelineConfig } from '../config/types.ts';
import { startPipeline } from '../pipeline/runPipeline.ts';
import type { RawLoopOptions } from '../rlm/options/rawOptions.ts';
import type { CliContext } from './context.ts';
import { foreignExitCode, runsLoop } from './rlm/foreignLoop.ts';
import { loopFlags, type LoopFlagOptions } from './rlm/loopFlags.ts';
import { runSession, type SessionOptions } from './runSession.ts';
import { startRequest, type ChosenStart } from './startRequest.ts';

/** What `start` and `rlm` have in common. */
export interface StartRunOptions extends SessionOptions, LoopFlagOptions {
  parentRun: string | undefined;
  approvalPolicy: string | undefined;
}

/** Runs a pipeline that was chosen, with its loop if it has one. Resolves with the exit code. */
export async function startRun(
  options: StartRunOptions,
  context: CliContext,
  chosen: ChosenStart,
): Promise<number> {
  const { pipeline } = chosen.choice.resolved;
  const { config } = chosen.choice.loaded;
  const asked = await loopFlags(options, context);
  const request = startRequest(options, chosen, asked);
  const hasLoop = runsLoop(pipeline, config);
  const flags = hasLoop ? await withValidator(context, chosen.env.repoRoot, asked, config) : asked;
  return runSession(
    context,
    options,
    { config, pipeline },
    async (settings) => {
      const result = await startPipeline(settings, request);
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
