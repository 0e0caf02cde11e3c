import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';
import { draftPrefix, isDraftName } from './draftName.ts';
import { storeLayout } from './layout.ts';
import { isAbandoned, readOwner } from './owner.ts';
import { OWNER_FILE, TRASH_SUFFIX } from './scratch.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Removes what killed processes left unfinished: scratch folders whose owner is dead (or cannot be seen from here, and
 * an hour has passed), the drafts beside outputs that belong to them, and entries that were being deleted. Costs the
 * listing of one folder when there is nothing.
 *
 * @throws the errno error of the file system.
 */
export async function sweepScratch(cacheDir: string): Promise<void> {
  const { scratch } = storeLayout(cacheDir);
  for (const name of await namesIn(scratch)) {
    const folder = path.join(scratch, name);
    const id = name.replace(TRASH_SUFFIX, '');
    if (!UUID.test(id)) continue;
    if (id === name) {
      const owner = await readOwner(path.join(folder, OWNER_FILE));
      if (!(await isAbandoned(folder, owner?.identity))) continue;
      for (const place of owner?.draftFolders ?? []) await removeDrafts(place, id);
    }
    await rm(folder, { recursive: true, force: true });
  }
}

/** A repository that is gone by now, or is not ours to change, keeps what it has: the next run does not need it. */
async function removeDrafts(folder: string, id: string): Promise<void> {
  try {
    for (const name of await readdir(folder)) {
      if (isDraftName(name) && name.startsWith(draftPrefix(id))) await rm(path.join(folder, name));
    }
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS'].includes(errorCode(error))) throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
