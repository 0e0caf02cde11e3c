import { planPipeline } from '../../pipeline/plan.ts';
import { startPipeline } from '../../pipeline/runPipeline.ts';
import { validateRunId } from '../../run/ids.ts';
import type { CliContext } from '../context.ts';
import { resolveEnvironment } from '../environment.ts';
import { choosePipeline, chooseTarget } from '../pipelineChoice.ts';
import { runSession } from '../runSession.ts';
import type { StartOptions } from './definitions/start.ts';

/** `start`: runs a pipeline to its end. Resolves with the exit code. */
export async function runStart(options: StartOptions, context: CliContext): Promise<number> {
  const env = resolveEnvironment({ task: options.task, env: context.env, cwd: context.cwd });
  const parentRunId = options.parentRun === undefined ? null : validateRunId(options.parentRun);
  const { loaded, resolved } = await choosePipeline(context, env.repoRoot, options.pipeline ?? null);
  const plan = planPipeline(resolved.pipeline, chooseTarget(context, resolved.pipeline, options.target));
  return runSession(context, options, loaded.config, (settings) =>
    startPipeline(settings, {
      env,
      plan,
      overrides: { ...resolved.stageEnvironment },
      parentRunId,
      approvalPolicy: options.approvalPolicy ?? null,
      depth: 0,
    }),
  );
}
