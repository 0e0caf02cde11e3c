import { lstat, readlink, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';
import type { StoredOutput } from './entryDocument.ts';
import { openFolders, parentOf } from './folders.ts';
import { hashFile } from './hashFile.ts';

/** Outputs that another result of a stage has left and that it does not make now: path to {@link outputMark}. */
export type StaleOutputs = Readonly<Record<string, string>>;

/** What tells that an output is still what it was: SHA-256, hex, of a file, `-> target` of a link, `/` of a folder. */
export function outputMark(output: StoredOutput): string {
  if (output.kind === 'symlink') return `-> ${output.target}`;
  return output.kind === 'file' ? output.sha256 : FOLDER;
}

const FOLDER = '/';

/**
 * The first of them that is there, but not as the stage has left it; null when there is none. Nobody but whoever
 * changed it knows whether it may go.
 *
 * @param repoRoot absolute, free of symbolic links
 * @throws the errno error of the file system
 */
export async function editedOutput(repoRoot: string, stale: StaleOutputs): Promise<string | null> {
  const lookAtFolder = openFolders(repoRoot);
  for (const [file, mark] of Object.entries(stale)) {
    if (!isInside(file) || lookAtFolder(parentOf(file)) !== 'there') continue;
    if ((await compare(path.join(repoRoot, file), mark)) === 'different') return file;
  }
  return null;
}

/**
 * Removes what a stage made for another state of its inputs and does not make for this one: what comes next must not
 * find it. Only what is still as the stage left it goes, and folders that are empty then.
 *
 * @param repoRoot absolute, free of symbolic links
 * @param now what the stage makes
 * @throws the errno error of the file system
 */
export async function dropStaleOutputs(
  repoRoot: string,
  stale: StaleOutputs,
  now: readonly StoredOutput[],
): Promise<void> {
  const kept = new Set(now.map(({ path: file }) => file));
  const lookAtFolder = openFolders(repoRoot);
  for (const [file, mark] of Object.entries(stale)) {
    if (!isInside(file) || lookAtFolder(parentOf(file)) !== 'there') continue;
    if ((await compare(path.join(repoRoot, file), mark)) !== 'same') continue;
    if (mark !== FOLDER) await rm(path.join(repoRoot, file), { force: true });
    await removeEmptyFolders(repoRoot, mark === FOLDER ? file : parentOf(file), kept);
  }
}

/** What is read from a file of the cache may have been changed by anybody. */
function isInside(file: string): boolean {
  const parts = file.split('/');
  return parts[0] !== '.git' && parts.every((part) => part !== '' && part !== '.' && part !== '..');
}

async function compare(place: string, mark: string): Promise<'same' | 'different' | 'gone'> {
  try {
    return (await markOf(place)) === mark ? 'same' : 'different';
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 'gone';
    if (errorCode(error) === 'EACCES') return 'different';
    throw error;
  }
}

/** null for what is no output at all. */
async function markOf(place: string): Promise<string | null> {
  const stats = await lstat(place);
  if (stats.isSymbolicLink()) return `-> ${await readlink(place)}`;
  if (stats.isDirectory()) return FOLDER;
  return stats.isFile() ? (await hashFile(place, stats.size)).sha256 : null;
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
