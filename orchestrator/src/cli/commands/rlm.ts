import { nearestWord } from '../../config/nearestWord.ts';
import { FailureError } from '../../failure.ts';
import type { CliContext } from '../context.ts';
import { resolveEnvironment } from '../environment.ts';
import { choosePipeline } from '../pipelineChoice.ts';
import { shellWord } from '../present/shellWord.ts';
import { loopTaskId } from '../rlm/taskId.ts';
import { startRun } from '../startRun.ts';
import type { RlmOptions } from './definitions/rlm.ts';
import { rlmRestoreDefinition } from './definitions/rlmRestore.ts';

/** `rlm`: lets an agent work until a validator passes. Resolves with the exit code of the loop. */
export async function runRlm(options: RlmOptions, context: CliContext): Promise<number> {
  refuseSlip(options.goalWords);
  const task = loopTaskId(options.task, context.env, context.cwd);
  const env = resolveEnvironment({ task, env: context.env, cwd: context.cwd });
  const choice = await choosePipeline(context, env.repoRoot, 'rlm');
  // For the stages of a pipeline `rlm` of the repository's own.
  const stageEnv = { MCP_RUNNER_TASK_ID: env.taskId };
  return startRun(options, context, { env, choice, target: null, stageEnv });
}

/** A loop works for hours: one whose goal is a mistyped word is not begun. */
function refuseSlip([word, ...more]: readonly string[]): void {
  if (word === undefined || more.length > 0) return;
  const restore = rlmRestoreDefinition.name;
  if (nearestWord(word, [restore.replace('rlm ', '')]) === undefined) return;
  throw new FailureError({
    kind: 'usage',
    message: `"${word}" alone looks like a command; as a goal it is given by --goal ${shellWord(word)}`,
    suggestion: restore,
  });
}
