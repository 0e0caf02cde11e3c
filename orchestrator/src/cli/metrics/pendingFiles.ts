import fs from 'node:fs';
import { errorCode } from '../../storage/errorCode.ts';

/** What the names of files of the queue end in that were merged, until the manifests of their runs say so. */
export const MERGED_SUFFIX = '.merged';

/**
 * Names of the regular files in a folder that end in `suffix`, ascending; none when there is no such folder. Synchronous:
 * nearly always it is small or missing, and the thread pool would take longer.
 *
 * @throws errno errors.
 */
export function namesIn(directory: string, suffix: string): string[] {
  try {
    const found = fs.readdirSync(directory, { withFileTypes: true });
    return found
      .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
      .map((entry) => entry.name)
      .toSorted();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The files of a pending queue by what they are, each ascending. One look at the folder; throws errno errors. */
export function listQueue(directory: string): { entries: string[]; temporary: string[]; merged: string[] } {
  const names = namesIn(directory, '');
  const ending = (suffix: string) => names.filter((name) => name.endsWith(suffix));
  return { entries: ending('.jsonl'), temporary: ending('.tmp'), merged: ending(MERGED_SUFFIX) };
}
