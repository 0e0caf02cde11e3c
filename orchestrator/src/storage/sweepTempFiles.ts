import fs from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './errorCode.ts';

const DEFAULT_AGE_MS = 600_000;

/**
 * Removes what killed writers of `target` left beside it: files named `<target>.<digits>`, the temporary names
 * of `replaceFile` and of lock files.
 *
 * @param options.olderThanMs - only files not written to for longer than this, so that a living writer keeps
 *   its own; default 10 minutes. 0 is for callers that know that nobody else writes this path.
 * @returns how many files were removed; a missing directory counts as clean.
 * @throws the errno error of the file system.
 */
export async function sweepTempFiles(
  target: string,
  options: { olderThanMs?: number } = {},
): Promise<number> {
  const newest = Date.now() - (options.olderThanMs ?? DEFAULT_AGE_MS);
  const directory = path.dirname(target);
  let removed = 0;
  for (const name of await namesIn(directory)) {
    if (!isTemporaryName(name, path.basename(target))) continue;
    if (await removeIfOld(path.join(directory, name), newest)) removed += 1;
  }
  return removed;
}

function isTemporaryName(name: string, target: string): boolean {
  return name.startsWith(`${target}.`) && /^\d+$/.test(name.slice(target.length + 1));
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await fs.readdir(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function removeIfOld(file: string, newest: number): Promise<boolean> {
  try {
    const stats = await fs.lstat(file);
    if (!stats.isFile() || stats.mtimeMs > newest) return false;
    await fs.unlink(file);
    return true;
  } catch (error) {
    // Renamed into place or swept by somebody else since the listing.
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
