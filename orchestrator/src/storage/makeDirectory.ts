import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from './errorCode.ts';

/**
 * Creates a directory and those above it that are missing.
 *
 * @returns the topmost directory that it created; undefined when all of them were there.
 * @throws the errno error of the file system.
 */
export function makeDirectory(directory: string): string | undefined {
  try {
    return fs.mkdirSync(directory, { recursive: true });
  } catch (error) {
    // On a read-only file system the recursive form says ENOENT; the plain form of the first missing one says EROFS.
    if (errorCode(error) === 'ENOENT') fs.mkdirSync(firstMissing(path.resolve(directory)));
    throw error;
  }
}

function firstMissing(directory: string): string {
  const parent = path.dirname(directory);
  return fs.existsSync(parent) ? directory : firstMissing(parent);
}
