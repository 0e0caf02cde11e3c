import fs from 'node:fs';
import { errorCode } from '../../storage/errorCode.ts';
import { hashFile } from './hashFile.ts';

/**
 * Compares a file of an entry with what its `entry.json` says. Resolves with what is wrong, in words, or null.
 *
 * @param name - of the file, in words.
 * @throws the errno error of the file system, except for a missing file.
 */
export async function verifyContent(
  file: string,
  name: string,
  expected: { size: number; sha256: string },
): Promise<string | null> {
  try {
    const stats = fs.lstatSync(file);
    // Reading from a pipe might never end.
    if (!stats.isFile()) return `${name} is no file`;
    if (stats.size !== expected.size) return `${name} has ${stats.size} bytes instead of ${expected.size}`;
    const { sha256 } = await hashFile(file, expected.size);
    return sha256 === expected.sha256 ? null : `${name} is damaged`;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return `${name} is missing`;
    throw error;
  }
}
