import { statSync } from 'node:fs';
import path from 'node:path';
import { FailureError } from '../failure.ts';
import { validateTaskId } from '../run/ids.ts';
import type { TaskEnvironment } from '../run/paths.ts';

const DEFAULT_TASK = '0101';
const ROOT_VARIABLE = 'CODEX_ORCHESTRATOR_ROOT';
const TASK_VARIABLE = 'MCP_RUNNER_TASK_ID';

/**
 * Where this invocation reads and writes: roots from `CODEX_ORCHESTRATOR_ROOT`, `…_RUNS_DIR` and `…_OUT_DIR`
 * (relative ones count from `cwd` for the root, from the root for the other two), the task from `--task`, else
 * `MCP_RUNNER_TASK_ID`, else `0101`. A task variable that is set but empty is an error, as every invalid id is.
 *
 * @throws FailureError `usage` for a root that is no folder, before anything is written there; `invalid-id`; its `source` is the variable when the id came from there.
 */
export function resolveEnvironment(input: {
  task?: string | undefined;
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** For those who look at the root themselves. */
  rootMayBeMissing?: boolean;
}): TaskEnvironment {
  const roots = resolveRoots(input.env, input.cwd, input.rootMayBeMissing);
  return { ...roots, taskId: resolveTask(input.task, input.env) };
}

/** The three roots alone, for commands that work on every task. Throws `usage` for a root that is no folder. */
export function resolveRoots(
  env: NodeJS.ProcessEnv,
  cwd: string,
  rootMayBeMissing = false,
): Omit<TaskEnvironment, 'taskId'> {
  const repoRoot = path.resolve(cwd, env[ROOT_VARIABLE] ?? '');
  if (env[ROOT_VARIABLE] && !rootMayBeMissing && !isFolder(repoRoot)) {
    const message = `${ROOT_VARIABLE} names ${repoRoot}, which is no folder`;
    throw new FailureError({ kind: 'usage', message });
  }
  return {
    repoRoot,
    runsRoot: path.resolve(repoRoot, env['CODEX_ORCHESTRATOR_RUNS_DIR'] || '.runs'),
    outRoot: path.resolve(repoRoot, env['CODEX_ORCHESTRATOR_OUT_DIR'] || 'out'),
  };
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}

function resolveTask(flag: string | undefined, env: NodeJS.ProcessEnv): string {
  if (flag !== undefined) return validateTaskId(flag);
  const fromEnvironment = env[TASK_VARIABLE];
  if (fromEnvironment === undefined) return DEFAULT_TASK;
  try {
    return validateTaskId(fromEnvironment);
  } catch (error) {
    if (error instanceof FailureError && error.failure.kind === 'invalid-id') {
      throw new FailureError({ ...error.failure, source: TASK_VARIABLE });
    }
    throw error;
  }
}
