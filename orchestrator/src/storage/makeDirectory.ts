import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from './errorCode.ts';

/**
 * Creates a directory and those above it that are missing. One by one, because Node's recursive form never returns
 * where a file system answers ENOENT for a new entry (/proc), and calls a read-only one "not there".
 *
 * @returns the topmost directory that it created; undefined when all of them were there.
 * @throws the errno error of the file system.
 */
export function makeDirectory(directory: string): string | undefined {
  const missing: string[] = [];
  for (let at = path.resolve(directory); !fs.existsSync(at); at = path.dirname(at)) missing.unshift(at);
  if (missing.length === 0) makeOne(directory);
  for (const each of missing) makeOne(each);
  return missing[0];
}

/** That it is there already is fine, whoever made it, as long as it is a directory. */
function makeOne(directory: string): void {
  try {
    fs.mkdirSync(directory);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    if (fs.statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
