import type { CliContext } from '../context.ts';
import { resolveEnvironment } from '../environment.ts';
import { choosePipeline, chooseTarget } from '../pipelineChoice.ts';
import { startRun } from '../startRun.ts';
import type { StartOptions } from './definitions/start.ts';

/** `start`: runs a pipeline to its end. Resolves with the exit code. */
export async function runStart(options: StartOptions, context: CliContext): Promise<number> {
  if (options.watch) return (await import('../watch/startWatch.ts')).startWatch(options, context);
  const env = resolveEnvironment({ task: options.task, env: context.env, cwd: context.cwd });
  const choice = await choosePipeline(context, env.repoRoot, options.pipeline ?? null);
  const target = chooseTarget(context, choice.resolved.pipeline, options.target);
  return startRun(options, context, { env, choice, target, stageEnv: {} });
}
