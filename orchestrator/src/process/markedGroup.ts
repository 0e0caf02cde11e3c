import fs from 'node:fs';
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
    ({ pid, pgid, session, zombie }) => !zombie && (pgid === id || session === id) && hasMark(pid, mark),
  );
}

/** See proc(5), `/proc/pid/environ`: the environment at the start, each entry ended by a NUL byte. */
function hasMark(pid: number, mark: string): boolean {
  try {
    return `\0${fs.readFileSync(`/proc/${pid}/environ`, 'utf8')}`.includes(`\0${mark}\0`);
  } catch {
    // It has ended meanwhile, or belongs to another user.
    return false;
  }
}
