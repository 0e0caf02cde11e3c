import { lstat, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';
import { probeProcess, type ProcessIdentity } from '../../storage/processIdentity.ts';
import { draftPrefix, isDraftName } from './draftName.ts';
import { storeLayout } from './layout.ts';
import { OWNER_FILE, TRASH_SUFFIX } from './scratch.ts';

/** For owners of whom we cannot know whether they live. */
const ABANDONED_MS = 3_600_000;
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
      const owner = await readOwner(folder);
      if (!(await isAbandoned(folder, owner?.identity))) continue;
      for (const place of owner?.draftFolders ?? []) await removeDrafts(place, id);
    }
    await rm(folder, { recursive: true, force: true });
  }
}

async function isAbandoned(folder: string, identity: ProcessIdentity | undefined): Promise<boolean> {
  const liveness = identity === undefined ? 'unknown' : probeProcess(identity);
  if (liveness !== 'unknown') return liveness === 'dead';
  try {
    const { mtimeMs } = await lstat(folder);
    // A time to come: the clock was set back meanwhile, and nobody knows by how much.
    return Math.abs(Date.now() - mtimeMs) > ABANDONED_MS;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
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

interface Owner {
  identity: ProcessIdentity;
  draftFolders: string[];
}

/** Undefined for a folder that is just being made or removed, or was cut off by a power failure. */
async function readOwner(folder: string): Promise<Owner | undefined> {
  try {
    const owner: unknown = JSON.parse(await readFile(path.join(folder, OWNER_FILE), 'utf8'));
    if (!isIdentity(owner)) return undefined;
    const folders: unknown = 'draft_folders' in owner ? owner.draft_folders : [];
    const draftFolders = Array.isArray(folders) ? folders.filter((each) => typeof each === 'string') : [];
    return { identity: owner, draftFolders };
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== 'object' || value === null) return false;
  if (!('host' in value && 'boot_id' in value && 'pid' in value && 'process_start' in value)) return false;
  const isTextOrNull = (field: unknown): boolean => field === null || typeof field === 'string';
  return (
    typeof value.host === 'string' &&
    typeof value.pid === 'number' &&
    isTextOrNull(value.boot_id) &&
    isTextOrNull(value.process_start)
  );
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
