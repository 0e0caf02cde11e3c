import fs from 'node:fs';
import { promisify } from 'node:util';
import { errorCode } from './errorCode.ts';
import { countSync, type FileActivity } from './fileActivity.ts';

const fsync = promisify(fs.fsync);

/**
 * Makes the entries of a directory durable: after it returns, a file created in or renamed into `directory`
 * is still there after a power loss.
 *
 * @throws the errno error of the file system, except where directories cannot be synced at all (Windows, some
 *   network file systems): nothing can be done there, and the entries themselves are in place.
 */
export function syncDirectorySync(directory: string, activity?: FileActivity): void {
  let descriptor: number | null = null;
  try {
    descriptor = fs.openSync(directory, 'r');
    fs.fsyncSync(descriptor);
    countSync(activity, 'directories');
  } catch (error) {
    if (!UNSUPPORTED.has(errorCode(error))) throw error;
  } finally {
    if (descriptor !== null) fs.closeSync(descriptor);
  }
}

/** {@link syncDirectorySync}, waiting for the disk off the main thread. */
export async function syncDirectory(directory: string, activity?: FileActivity): Promise<void> {
  let descriptor: number | null = null;
  try {
    descriptor = fs.openSync(directory, 'r');
    await fsync(descriptor);
    countSync(activity, 'directories');
  } catch (error) {
    if (!UNSUPPORTED.has(errorCode(error))) throw error;
  } finally {
    if (descriptor !== null) fs.closeSync(descriptor);
  }
}

// EACCES: a directory that may be written but not read cannot be opened for syncing.
const UNSUPPORTED = new Set(['EINVAL', 'EPERM', 'EISDIR', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);
