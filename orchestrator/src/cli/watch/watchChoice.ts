import type { Pipeline, PipelineConfig } from '../../config/types.ts';
import { FailureError } from '../../failure.ts';
import type { StartRequest } from '../../pipeline/openNewRun.ts';
import type { TaskEnvironment } from '../../run/paths.ts';
import type { StartOptions } from '../commands/definitions/start.ts';
import type { CliContext } from '../context.ts';
import { choosePipeline, chooseTarget } from '../pipelineChoice.ts';
import { runsLoop } from '../rlm/foreignLoop.ts';
import { loopFlags } from '../rlm/loopFlags.ts';
import { startRequest } from '../startRequest.ts';
import { readConfigText } from './readConfigText.ts';

/** A pipeline that is going to run again and again, until its configuration changes. */
export interface WatchChoice {
  /** The configuration file as it was before it was loaded; null when there was none. */
  configText: string | null;
  config: PipelineConfig;
  pipeline: Pipeline;
  /** What each run of it begins with. */
  request: StartRequest;
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
  env: TaskEnvironment,
): Promise<WatchChoice> {
  const configText = await readConfigText(env.repoRoot);
  const choice = await choosePipeline(context, env.repoRoot, options.pipeline ?? null);
  const { config } = choice.loaded;
  const { pipeline } = choice.resolved;
  if (runsLoop(pipeline, config)) {
    const message = `--watch is not for loops, and pipeline "${pipeline.id}" has one`;
    throw new FailureError({ kind: 'usage', message });
  }
  const target = chooseTarget(context, pipeline, options.target);
  const flags = await loopFlags(options, context);
  return {
    configText,
    config,
    pipeline,
    request: startRequest(options, { env, choice, target, stageEnv: {} }, flags),
  };
}
