import path from 'node:path';

/** Names another folder than the default. */
export const CACHE_DIR_VARIABLE = 'CODEX_ORCHESTRATOR_CACHE_DIR';

/**
 * The folder of the stage cache, absolute: `CODEX_ORCHESTRATOR_CACHE_DIR` (a relative one counts from the working
 * directory), else `.cache` in the runs root. A blank variable counts as unset. Pure.
 */
export function cacheDirOf({
  runsRoot,
  startDirectory,
  processEnv,
}: {
  runsRoot: string;
  startDirectory: string;
  processEnv: NodeJS.ProcessEnv;
}): string {
  const named = processEnv[CACHE_DIR_VARIABLE]?.trim() ?? '';
  return named === '' ? path.join(runsRoot, '.cache') : path.resolve(startDirectory, named);
}
