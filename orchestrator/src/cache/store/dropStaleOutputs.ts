import { lstat, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';
import type { StoredOutput } from './entryDocument.ts';
import { openFolders, parentOf } from './folders.ts';
import { hashFile } from './hashFile.ts';

/**
 * Removes what a stage made for another state of its inputs and does not make for this one: what comes next must not
 * find it. Only files that are still as the stage left them go, and folders that are empty then.
 *
 * @param repoRoot absolute, free of symbolic links
 * @param stale SHA-256, hex, of the files to remove, by their paths
 * @param now what the stage makes
 * @returns how many files were removed
 * @throws the errno error of the file system
 */
export async function dropStaleOutputs(
  repoRoot: string,
  stale: Readonly<Record<string, string>>,
  now: readonly StoredOutput[],
): Promise<number> {
  const kept = new Set(now.map(({ path: file }) => file));
  const lookAtFolder = openFolders(repoRoot);
  let removed = 0;
  for (const [file, sha256] of Object.entries(stale)) {
    if (!isInside(file) || lookAtFolder(parentOf(file)) !== 'there') continue;
    if (!(await holds(path.join(repoRoot, file), sha256))) continue;
    await rm(path.join(repoRoot, file), { force: true });
    removed += 1;
    await removeEmptyFolders(repoRoot, parentOf(file), kept);
  }
  return removed;
}

/** What is read from a file of the cache may have been changed by anybody. */
function isInside(file: string): boolean {
  const parts = file.split('/');
  return parts[0] !== '.git' && parts.every((part) => part !== '' && part !== '.' && part !== '..');
}

async function holds(file: string, sha256: string): Promise<boolean> {
  try {
    const stats = await lstat(file);
    return stats.isFile() && (await hashFile(file, stats.size)).sha256 === sha256;
  } catch (error) {
    if (['ENOENT', 'EACCES'].includes(errorCode(error))) return false;
    throw error;
  }
}

async function removeEmptyFolders(
  repoRoot: string,
  folder: string,
  kept: ReadonlySet<string>,
): Promise<void> {
  for (let at = folder; at !== '' && !kept.has(at); at = parentOf(at)) {
    try {
      await rmdir(path.join(repoRoot, at));
    } catch (error) {
      if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(errorCode(error))) return;
      throw error;
    }
  }
}
