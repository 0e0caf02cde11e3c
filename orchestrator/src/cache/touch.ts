import fs from 'node:fs';
import { errorCode } from '../storage/errorCode.ts';

/** As exactly as it matters when something was used, in ms. Writing a time takes ten times as long as reading it. */
const EXACT_MS = 3_600_000;

/**
 * Notes that a file is in use, for those who remove what nobody uses. One that is not ours to change, or has vanished, is left
 * to whoever can tell what that means.
 *
 * @throws any other errno error of the file system.
 */
export function touch(file: string): void {
  const now = new Date();
  try {
    const { mtimeMs } = fs.statSync(file);
    if (Math.abs(now.getTime() - mtimeMs) > EXACT_MS) fs.utimesSync(file, now, now);
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOENT'].includes(errorCode(error))) throw error;
  }
}
