import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';
import { makeDirectory } from '../../storage/makeDirectory.ts';
import { currentProcess } from '../../storage/processIdentity.ts';
import { storeLayout } from './layout.ts';

/** A folder of its own for something that is not finished. */
export interface Scratch {
  /** A random UUID. */
  id: string;
  /** Absolute; holds `owner.json`. */
  folder: string;
  /** Removes it with all that is in it. */
  drop(): Promise<void>;
}

export const OWNER_FILE = 'owner.json';
export const TRASH_SUFFIX = '.trash';

/**
 * Makes a folder below the cache. It says which process it belongs to, so that others can tell that one was killed.
 *
 * @param draftFolders - absolute folders in which drafts named after `id` are going to be (see draftName.ts).
 * @throws the errno error of the file system.
 */
export async function openScratch(cacheDir: string, draftFolders: readonly string[] = []): Promise<Scratch> {
  const { scratch } = storeLayout(cacheDir);
  const id = randomUUID();
  const folder = path.join(scratch, id);
  makeDirectory(scratch);
  await mkdir(folder);
  const opened = { id, folder, drop: () => rm(folder, { recursive: true, force: true }) };
  try {
    const owner = { ...currentProcess(), draft_folders: draftFolders };
    await writeFile(path.join(folder, OWNER_FILE), `${JSON.stringify(owner)}\n`);
    return opened;
  } catch (error) {
    await opened.drop();
    throw error;
  }
}

/**
 * Deletes a folder of the cache that others may be reading or deleting: in one step it is out of their sight. Resolves
 * with false when it was not there.
 *
 * @throws the errno error of the file system.
 */
export async function discardFolder(cacheDir: string, folder: string): Promise<boolean> {
  const { scratch } = storeLayout(cacheDir);
  const trash = path.join(scratch, `${randomUUID()}${TRASH_SUFFIX}`);
  makeDirectory(scratch);
  try {
    await rename(folder, trash);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
  await rm(trash, { recursive: true, force: true });
  return true;
}
