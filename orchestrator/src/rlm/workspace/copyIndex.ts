import fs from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';

/**
 * Copies an index, and the folders above it; where there is none there is none afterwards.
 *
 * git compares the time of an index with those of the files in it: a file as young as the index is read again, since
 * it may have changed within one tick of the clock. A copy must therefore not be younger than its original.
 */
export async function copyIndex(from: string, to: string): Promise<void> {
  const draft = `${to}.new`;
  await fs.mkdir(path.dirname(to), { recursive: true });
  try {
    const { mtimeMs } = await fs.stat(from);
    await fs.copyFile(from, draft);
    const seconds = Math.floor(mtimeMs - 1) / 1000;
    await fs.utimes(draft, seconds, seconds);
    await fs.rename(draft, to);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    // A repository in which nothing was ever added has none.
    await fs.rm(to, { force: true });
  }
}
