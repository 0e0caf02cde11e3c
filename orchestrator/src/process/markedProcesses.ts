import { randomUUID } from 'node:crypto';
import { processEnvironment } from './processEnvironment.ts';
import type { ProcessEntry } from './processTable.ts';

/** Ids of the commands around a process, outermost first, with a colon between them. */
const VARIABLE = 'CODEX_ORCHESTRATOR_COMMANDS';

/** An environment that marks a command and everything it starts with an id of its own. */
export interface MarkedEnvironment {
  mark: string;
  env: NodeJS.ProcessEnv;
}

/** Adds a new mark to an environment; marks of commands around this one stay. */
export function markEnvironment(env: NodeJS.ProcessEnv): MarkedEnvironment {
  const mark = randomUUID();
  const around = env[VARIABLE];
  return { mark, env: { ...env, [VARIABLE]: around ? `${around}:${mark}` : mark } };
}

/**
 * The processes in a table that were started with a mark in their environment, wherever they went. None on systems
 * other than Linux, which do not show environments; nor those that were started with a cleared one.
 *
 * @param since start of the marked command, as {@link ProcessEntry.start}: only what began then or later is looked at
 */
export function markedProcesses(
  table: readonly ProcessEntry[],
  mark: string,
  since: string | null,
): ProcessEntry[] {
  const first = Number(since ?? 0);
  return table.filter(
    ({ pid, start, zombie }) =>
      !zombie && pid !== process.pid && Number(start ?? 0) >= first && processEnvironment(pid).includes(mark),
  );
}
