import fs from 'node:fs';
import { errorCode } from '../../storage/errorCode.ts';

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
