import { stat } from 'node:fs/promises';
import { errorCode } from '../../storage/errorCode.ts';

/** Tells whether a file is still the same one with the same content; '' when there is none. */
export async function fileIdentity(file: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(':');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}
