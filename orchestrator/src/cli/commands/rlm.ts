import { planPipeline } from '../../pipeline/plan.ts';
import { startPipeline } from '../../pipeline/runPipeline.ts';
import { validateRunId } from '../../run/ids.ts';
import type { CliContext } from '../context.ts';
import { resolveEnvironment } from '../environment.ts';
import { choosePipeline } from '../pipelineChoice.ts';
import { stageEnvironmentFor } from '../rlm/foreignLoop.ts';
import { loopFlags } from '../rlm/loopFlags.ts';
import { offerValidators } from '../rlm/offerValidators.ts';
import { loopTaskId } from '../rlm/taskId.ts';
import { runSession } from '../runSession.ts';
import type { RlmOptions } from './definitions/rlm.ts';

/** `rlm`: lets an agent work until a validator passes. Resolves with the exit code of the loop. */
export async function runRlm(options: RlmOptions, context: CliContext): Promise<number> {
  const task = loopTaskId(options.task, context.env, context.cwd);
  const env = resolveEnvironment({ task, env: context.env, cwd: context.cwd });
  const parentRunId = options.parentRun === undefined ? null : validateRunId(options.parentRun);
  const asked = await loopFlags(options, context);
  const { loaded, resolved } = await choosePipeline(context, env.repoRoot, 'rlm');
  const { config } = loaded;
  const flags = await offerValidators(context, env.repoRoot, asked, config.rlm);
  const plan = planPipeline(resolved.pipeline, null);
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
