import fs from 'node:fs';
import { errorCode } from '../../storage/errorCode.ts';

/** Opens a metrics history for reading; null when there is none. The caller closes it. Throws errno errors. */
export function openHistory(file: string): number | null {
  try {
    return fs.openSync(file, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
