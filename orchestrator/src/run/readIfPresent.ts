import { readFile } from 'node:fs/promises';
import { errorCode } from '../storage/errorCode.ts';
import { withPath } from '../storage/withPath.ts';

/** Text of a file; null when there is no such file. Throws any other errno error. */
export async function readIfPresent(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw withPath(error, path);
  }
}
