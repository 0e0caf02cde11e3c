import path from 'node:path';
import { resolveRoots } from '../environment.ts';

const LONGEST_SLUG = 80;

/**
 * The task of a loop: the one of the flag, else the one that the environment names (undefined: `resolveEnvironment`
 * reads and checks it), else `rlm-<name of the repository's folder>`.
 */
export function loopTaskId(
  task: string | undefined,
  env: NodeJS.ProcessEnv,
  cwd: string,
): string | undefined {
  if (task !== undefined || env['MCP_RUNNER_TASK_ID'] !== undefined) return task;
  return `rlm-${slug(path.basename(resolveRoots(env, cwd, true).repoRoot))}`;
}

/** Lower-case letters, digits and single hyphens; `adhoc` when nothing is left of the name. */
function slug(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain.match(/[a-z0-9]+/g) ?? ['adhoc'];
  return words.join('-').slice(0, LONGEST_SLUG).replace(/-$/, '');
}
