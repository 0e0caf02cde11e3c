import { planPipeline } from '../../pipeline/plan.ts';
import { startPipeline } from '../../pipeline/runPipeline.ts';
import { validateRunId } from '../../run/ids.ts';
import type { CliContext } from '../context.ts';
import { resolveEnvironment } from '../environment.ts';
import { choosePipeline, chooseTarget } from '../pipelineChoice.ts';
import { loopFlags } from '../rlm/loopFlags.ts';
import { stageEnvironmentFor } from '../rlm/foreignLoop.ts';
import { runSession } from '../runSession.ts';
import type { StartOptions } from './definitions/start.ts';

/** `start`: runs a pipeline to its end. Resolves with the exit code. */
export async function runStart(options: StartOptions, context: CliContext): Promise<number> {
  const env = resolveEnvironment({ task: options.task, env: context.env, cwd: context.cwd });
  const parentRunId = options.parentRun === undefined ? null : validateRunId(options.parentRun);
  const { loaded, resolved } = await choosePipeline(context, env.repoRoot, options.pipeline ?? null);
  const { config } = loaded;
  const plan = planPipeline(resolved.pipeline, chooseTarget(context, resolved.pipeline, options.target));
  const flags = await loopFlags(options, context);
  const forStages = stageEnvironmentFor(resolved.pipeline, config, flags);
  return runSession(
    context,
    options,
    config,
    (settings) =>
      startPipeline(settings, {
        env,
        plan,
        overrides: { ...resolved.stageEnvironment, ...forStages },
        parentRunId,
        approvalPolicy: options.approvalPolicy ?? null,
        depth: 0,
      }),
    flags,
  );
}
