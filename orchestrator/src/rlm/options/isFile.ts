import { stat } from 'node:fs/promises';
import { errorCode } from '../../storage/errorCode.ts';

/** Whether there is a regular file, also through a link. Throws errno errors of what is there and cannot be looked at. */
export async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errorCode(error))) return false;
    throw error;
  }
}
