import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';
import { count, type FileActivity } from '../../storage/fileActivity.ts';
import { replaceFile } from '../../storage/replaceFile.ts';
import type { Listing } from './folderListing.ts';

/** Listings by their fingerprint, in one folder. */
export interface SnapshotStore {
  /** Keeps a listing and resolves with its fingerprint. */
  write(listing: Listing): Promise<string>;
  /** Throws ENOENT for one that was dropped. */
  read(fingerprint: string): Promise<Listing>;
}

/** How many listings are kept besides the first, to which the loop compares all the others. */
const KEPT = 20;

/** The folder is created with the first listing. The first one and the 20 that were written last are kept. */
export function openSnapshotStore(folder: string, activity?: FileActivity): SnapshotStore {
  const fileOf = (fingerprint: string): string => path.join(folder, `${fingerprint}.json`);
  return {
    async write(listing) {
      const text = JSON.stringify(Object.fromEntries(listing));
      const fingerprint = createHash('sha256').update(text).digest('hex').slice(0, 40);
      const file = fileOf(fingerprint);
      const byAge = await filesByAge(folder);
      // The first must stay the oldest; any other that comes back is as good as new.
      if (byAge[0] === file) return fingerprint;
      if (byAge.includes(file)) await utimes(file, new Date(), new Date());
      else await replaceFile(file, text, { durable: false, activity });
      const others = byAge.filter((each, position) => position > 0 && each !== file);
      await Promise.all(others.slice(0, -KEPT + 1).map((old) => rm(old, { force: true })));
      return fingerprint;
    },
    async read(fingerprint) {
      const text = await readFile(fileOf(fingerprint), 'utf8');
      count(activity?.reads, text);
      const value: unknown = JSON.parse(text);
      return new Map(Object.entries(value ?? {}).map(([file, content]) => [file, String(content)]));
    },
  };
}

async function filesByAge(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch(nothingThere)).filter((name) => name.endsWith('.json'));
  const files = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      return { file, mtimeMs: (await stat(file)).mtimeMs };
    }),
  );
  return files.toSorted((a, b) => a.mtimeMs - b.mtimeMs).map(({ file }) => file);
}

function nothingThere(error: unknown): string[] {
  if (errorCode(error) === 'ENOENT') return [];
  throw error;
}
