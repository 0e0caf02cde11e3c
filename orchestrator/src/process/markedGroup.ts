import { processEnvironment } from './processEnvironment.ts';
import { readProcessTable } from './processTable.ts';

/**
 * Whether something still runs in the process group or session `id` that was started with `NAME=value` in its
 * environment. The mark proves what a number alone does not: once a group is gone, its number may name another one.
 * False where the system does not show environments, as all but Linux.
 */
export async function isMarkedGroupAlive(id: number, mark: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const table = await readProcessTable();
  return table.some(
    ({ pid, pgid, session, zombie }) =>
      !zombie && (pgid === id || session === id) && `\0${processEnvironment(pid)}`.includes(`\0${mark}\0`),
  );
}
