import { lstat, readFile } from 'node:fs/promises';
import { errorCode } from '../../storage/errorCode.ts';
import { probeProcess, type ProcessIdentity } from '../../storage/processIdentity.ts';

/** Who made something in the cache that is not finished yet. */
export interface Owner {
  identity: ProcessIdentity;
  /** Absolute folders in which drafts of his are. */
  draftFolders: string[];
  /** What he has started, and may go on without him. */
  command?: ProcessIdentity;
}

/** For owners of whom we cannot know whether they live. */
const ABANDONED_MS = 3_600_000;

/**
 * Reads who the owner is. Undefined for a file that is just being made or removed, or was cut off by a power failure.
 *
 * @throws the errno error of the file system.
 */
export async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    const owner: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!isIdentity(owner)) return undefined;
    const folders: unknown = 'draft_folders' in owner ? owner.draft_folders : [];
    const draftFolders = Array.isArray(folders) ? folders.filter((each) => typeof each === 'string') : [];
    const command = 'command' in owner && isIdentity(owner.command) ? owner.command : undefined;
    return { identity: owner, draftFolders, ...(command && { command }) };
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Whether nobody goes on with what lies in a place: its owner is dead, or cannot be seen from here and an hour has passed.
 *
 * @throws the errno error of the file system.
 */
export async function isAbandoned(place: string, identity: ProcessIdentity | undefined): Promise<boolean> {
  const liveness = identity === undefined ? 'unknown' : probeProcess(identity);
  if (liveness !== 'unknown') return liveness === 'dead';
  try {
    const { mtimeMs } = await lstat(place);
    // A time to come: the clock was set back meanwhile, and nobody knows by how much.
    return Math.abs(Date.now() - mtimeMs) > ABANDONED_MS;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
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
