import { readFile } from 'node:fs/promises';
import { errorCode } from '../storage/errorCode.ts';
import { count, type FileActivity } from '../storage/fileActivity.ts';
import { withPath } from '../storage/withPath.ts';

/** Text of a file; null when there is no such file. Throws any other errno error. */
export async function readIfPresent(path: string, activity?: FileActivity): Promise<string | null> {
  try {
    const text = await readFile(path, 'utf8');
    count(activity?.reads, text);
    return text;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw withPath(error, path);
  }
}
