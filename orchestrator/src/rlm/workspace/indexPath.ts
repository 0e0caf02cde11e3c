import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';

/**
 * The path of an index of this process in `dir`, which need not exist: `<name>-<process id>`. A git that outlives its
 * killed owner still works on the index of that one, so no two owners share one; those of earlier owners are removed.
 */
export async function claimIndexPath(dir: string, name: string): Promise<string> {
  const own = `${name}-${process.pid}`;
  const isEarlier = (file: string): boolean =>
    new RegExp(`^${name}-\\d`).test(file) && !new RegExp(`^${own}(?!\\d)`).test(file);
  const files = await readdir(dir).catch(nothingThere);
  await Promise.all(files.filter(isEarlier).map((file) => rm(path.join(dir, file), { force: true })));
  return path.join(dir, own);
}

function nothingThere(error: unknown): string[] {
  if (errorCode(error) === 'ENOENT') return [];
  throw error;
}
