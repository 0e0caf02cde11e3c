import type { Pipeline, PipelineConfig } from '../../config/types.ts';
import { FailureError } from '../../failure.ts';
import { planPipeline, type RunPlan } from '../../pipeline/plan.ts';
import type { TaskEnvironment } from '../../run/paths.ts';
import type { StartOptions } from '../commands/definitions/start.ts';
import type { CliContext } from '../context.ts';
import { choosePipeline, chooseTarget } from '../pipelineChoice.ts';
import { runsLoop, stageEnvironmentFor } from '../rlm/foreignLoop.ts';
import { loopFlags } from '../rlm/loopFlags.ts';
import { readConfigText } from './readConfigText.ts';

/** A pipeline that is going to run again and again, until its configuration changes. */
export interface WatchChoice {
  /** The configuration file as it was before it was loaded; null when there was none. */
  configText: string | null;
  config: PipelineConfig;
  pipeline: Pipeline;
  plan: RunPlan;
  /** Additions to the environment of every stage. */
  overrides: Record<string, string>;
}

/**
 * Loads the pipelines and picks the one that was asked for; what is odd but no error is said on stderr.
 *
 * @throws FailureError for a configuration that cannot be run, and `usage` for a pipeline with a loop: its agent changes
 *   files all the time.
 */
export async function chooseWatched(
  options: StartOptions,
  context: CliContext,
  { repoRoot }: TaskEnvironment,
): Promise<WatchChoice> {
  const configText = await readConfigText(repoRoot);
  const { loaded, resolved } = await choosePipeline(context, repoRoot, options.pipeline ?? null);
  const { config } = loaded;
  const { pipeline, stageEnvironment } = resolved;
  if (runsLoop(pipeline, config)) {
    const message = `--watch is not for loops, and pipeline "${pipeline.id}" has one`;
    throw new FailureError({ kind: 'usage', message });
  }
  const forStages = stageEnvironmentFor(pipeline, config, await loopFlags(options, context));
  const plan = planPipeline(pipeline, chooseTarget(context, pipeline, options.target));
  return { configText, config, pipeline, plan, overrides: { ...stageEnvironment, ...forStages } };
}
