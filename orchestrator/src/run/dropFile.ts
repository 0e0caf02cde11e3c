import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../storage/errorCode.ts';
import { count, type FileActivity } from '../storage/fileActivity.ts';
import { makeDirectory } from '../storage/makeDirectory.ts';

const SUFFIX = '.json';

/** Age in ms from which nobody is writing a temporary file any more. */
const LITTER_MS = 600_000;

/**
 * Leaves a file of a new name in a folder where others pick it up: they see all of it or nothing. Without fsync, and
 * synchronous: two calls of some microseconds.
 *
 * @returns absolute path of the file.
 * @throws errno errors.
 */
export function dropFile(directory: string, text: string, activity?: FileActivity): string {
  const file = newFile(directory);
  const temporary = `${file}.tmp`;
  makeDirectory(directory);
  fs.writeFileSync(temporary, text);
  fs.renameSync(temporary, file);
  count(activity?.creations, text);
  return file;
}

/** Absolute path for one more file in such a folder. */
export function newFile(directory: string): string {
  return path.join(directory, randomUUID() + SUFFIX);
}

/** Absolute paths of what was left in a folder; temporary files of killed writers are removed. Throws errno errors. */
export function droppedFiles(directory: string): string[] {
  return namesIn(directory)
    .map((name) => path.join(directory, name))
    .filter((file) => {
      if (!file.endsWith(SUFFIX)) removeLitter(file);
      return file.endsWith(SUFFIX);
    });
}

/** Nearly always there is no such folder, or nothing in it. */
function namesIn(directory: string): string[] {
  try {
    return fs.readdirSync(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function removeLitter(file: string): void {
  const modifiedMs = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
  if (Date.now() - modifiedMs > LITTER_MS) fs.rmSync(file, { force: true });
}
