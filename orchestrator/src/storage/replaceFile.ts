import fs from 'node:fs';
import path from 'node:path';
import { onExit } from 'signal-exit';
import writeFileAtomic from 'write-file-atomic';
import { errorCode } from './errorCode.ts';
import { count, countSync, type Counted, type FileActivity } from './fileActivity.ts';
import { makeDirectory } from './makeDirectory.ts';
import { syncDirectory, syncDirectorySync } from './syncDirectory.ts';
import { withPath } from './withPath.ts';

// Node ignores SIGXFSZ, so that a write beyond a file size limit (`ulimit -f`) fails with EFBIG. write-file-atomic
// listens to this signal while it works and dies of it unless somebody else listens too; and once it has stopped
// listening, the signal kills. A listener of our own keeps it an error that can be reported.
process.on('SIGXFSZ', () => {});

export interface ReplaceOptions extends Counted {
  /** Whether file and directory are fsynced, so that the document survives a power loss. Default true. */
  durable?: boolean;
  /** What it counts as. Default `other`. */
  countedAs?: keyof FileActivity['replaces'];
}

/**
 * Replaces a whole file: a reader sees the old content or the new one, never a part, whatever happens in
 * between. Written beside its place as `<path>.<digits>` and renamed over it; mode and owner of an existing
 * file are kept, a symbolic link is followed, missing parent directories are created.
 *
 * Calls for one path run in the order in which they were made. They do not wait for {@link replaceFileSync}:
 * a path is written with one of the two.
 *
 * @throws the errno error of the file system; the old content is then still in place, except for an error of
 *   the final directory fsync, after which the new content is in place but may not survive a power loss.
 */
export async function replaceFile(
  target: string,
  data: string | Uint8Array,
  options: ReplaceOptions = {},
): Promise<void> {
  const { durable = true, activity } = options;
  try {
    await replaceOnce(target, data, options);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    const parent = path.dirname(path.resolve(target));
    const first = makeDirectory(parent);
    if (durable && first !== undefined) {
      for (const directory of entriesToSync(first, parent)) await syncDirectory(directory, activity);
    }
    await replaceOnce(target, data, options);
  }
}

/** {@link replaceFile}, done when it returns. For the moments when nothing may happen in between. */
export function replaceFileSync(
  target: string,
  data: string | Uint8Array,
  options: ReplaceOptions = {},
): void {
  const { durable = true, activity } = options;
  try {
    replaceOnceSync(target, data, options);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    const parent = path.dirname(path.resolve(target));
    const first = makeDirectory(parent);
    if (durable && first !== undefined) {
      for (const directory of entriesToSync(first, parent)) syncDirectorySync(directory, activity);
    }
    replaceOnceSync(target, data, options);
  }
}

/** The text of a JSON document as every atomically written file holds it: 2-space indent and one newline. */
export function jsonDocument(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

// write-file-atomic writes with a single call and ignores how much of it arrived: on a nearly full disk it
// would rename a truncated document into place. It is handed nothing to write; `tmpfileCreated` fills the
// temporary file with a function that goes on until every byte is down or an error says why not.

/**
 * Around each write, write-file-atomic has signal-exit install handlers for twenty signals and remove them again, which takes
 * ten times as long as the write. While one who waits for the exit stays, so do they.
 */
let areHandlersKept = false;
function keepExitHandlers(): void {
  if (areHandlersKept) return;
  areHandlersKept = true;
  onExit(() => undefined);
}

async function replaceOnce(
  target: string,
  data: string | Uint8Array,
  options: ReplaceOptions,
): Promise<void> {
  const { durable = true, activity } = options;
  let directory = '';
  keepExitHandlers();
  try {
    await writeFileAtomic(target, '', {
      fsync: durable,
      // Awaited by the library, though its types only know a function that returns nothing.
      tmpfileCreated: (temporary): unknown => {
        directory = path.dirname(temporary);
        return fs.promises.writeFile(temporary, data);
      },
    });
    countReplace(data, options);
    if (durable) await syncDirectory(directory, activity);
  } catch (error) {
    throw withPath(error, target);
  }
}

function replaceOnceSync(target: string, data: string | Uint8Array, options: ReplaceOptions): void {
  const { durable = true, activity } = options;
  let directory = '';
  keepExitHandlers();
  try {
    writeFileAtomic.sync(target, '', {
      fsync: durable,
      tmpfileCreated: (temporary) => {
        directory = path.dirname(temporary);
        fs.writeFileSync(temporary, data);
      },
    });
    countReplace(data, options);
    if (durable) syncDirectorySync(directory, activity);
  } catch (error) {
    throw withPath(error, target);
  }
}

function countReplace(
  data: string | Uint8Array,
  { durable = true, activity, countedAs = 'other' }: ReplaceOptions,
): void {
  count(activity?.replaces[countedAs], data);
  if (durable) countSync(activity, 'files');
}

/** The directories in which new entries came to be when everything from `first` down to `last` was created. */
function entriesToSync(first: string, last: string): string[] {
  const changed = [];
  for (
    let directory = path.dirname(last);
    directory.length >= first.length;
    directory = path.dirname(directory)
  ) {
    changed.push(directory);
  }
  changed.push(path.dirname(first));
  return changed;
}
