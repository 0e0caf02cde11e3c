import type { LoopConfig } from '../../config/types.ts';
import type { Builtin } from '../../pipeline/builtin.ts';
import type { RawLoopOptions } from '../../rlm/options/rawOptions.ts';
import { artifactPath } from '../../run/paths.ts';
import { ownFiles } from './ownFiles.ts';

/** Flags of a command that was given none for loops. */
export const NO_LOOP_FLAGS: RawLoopOptions = { agentArgs: [], protect: [] };

/**
 * The stage that runs a loop. Flags come before the environment of the stage, that before the configuration. The code
 * of the loop is loaded when a loop runs.
 */
export function loopBuiltin(flags: RawLoopOptions, config: LoopConfig | null): Builtin {
  return async (request) => {
    const { runLoop } = await import('../../rlm/loop/runLoop.ts');
    const { env, paths, stageEnv, output, cancellation, graceMs } = request;
    return runLoop({
      inputs: { flags, env: stageEnv, config },
      repoRoot: env.repoRoot,
      runId: paths.runId,
      runDir: paths.runDir,
      evidence: ownFiles(env),
      artifactPath: (absolute) => artifactPath(env, absolute),
      // Runs that the agent or the validator starts belong to the same task.
      env: { ...stageEnv, MCP_RUNNER_TASK_ID: env.taskId },
      output,
      cancellation,
      graceMs,
      activity: env.activity,
      onProgress: (progress) => request.onProgress(progress),
      recordProcess: (name, identity) => request.recordProcess(name, identity),
    });
  };
}
