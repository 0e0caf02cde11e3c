import type { CliContext } from '../context.ts';
import { resolveEnvironment } from '../environment.ts';
import { choosePipeline } from '../pipelineChoice.ts';
import { loopTaskId } from '../rlm/taskId.ts';
import { startRun } from '../startRun.ts';
import type { RlmOptions } from './definitions/rlm.ts';

/** `rlm`: lets an agent work until a validator passes. Resolves with the exit code of the loop. */
export async function runRlm(options: RlmOptions, context: CliContext): Promise<number> {
  const task = loopTaskId(options.task, context.env, context.cwd);
  const env = resolveEnvironment({ task, env: context.env, cwd: context.cwd });
  const choice = await choosePipeline(context, env.repoRoot, 'rlm');
  // Runs that the agent or the validator starts belong to the same task.
  const stageEnv = { MCP_RUNNER_TASK_ID: env.taskId };
  return startRun(options, context, { env, choice, target: null, stageEnv });
}
