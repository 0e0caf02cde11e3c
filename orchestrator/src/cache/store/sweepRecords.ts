import { lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';
import { storeLayout } from './layout.ts';

/** However little is asked for: these are small, and what nobody knows any more has to be found out anew. */
const SHORTEST_MS = 30 * 86_400_000;

/**
 * Removes what is kept about checkouts that nobody has worked in for long: hashes of their files, and notes about their
 * stages. Whoever comes back to one finds it out anew.
 *
 * @param olderThanMs since it was written, ms
 * @throws the errno error of the file system
 */
export async function sweepRecords(cacheDir: string, olderThanMs: number): Promise<void> {
  const { hashes, stages } = storeLayout(cacheDir);
  const keptMs = Math.max(olderThanMs, SHORTEST_MS);
  const now = Date.now();
  for (const folder of [hashes, stages]) {
    for (const name of await namesIn(folder)) {
      const file = path.join(folder, name);
      // Marks tell of work that nobody has brought to an end, however long ago.
      if (name.endsWith('.work') && (await namesIn(file)).length > 0) continue;
      if (now - (await writtenAt(file)) > keptMs) await rm(file, { recursive: true, force: true });
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => unlessMissing(error, []));
}

/** Ms since 1970; of what is gone by now, a time that is never old. */
async function writtenAt(file: string): Promise<number> {
  return lstat(file).then(
    ({ mtimeMs }) => mtimeMs,
    (error: unknown) => unlessMissing(error, Number.POSITIVE_INFINITY),
  );
}

function unlessMissing<T>(error: unknown, instead: T): T {
  if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return instead;
  throw error;
}
