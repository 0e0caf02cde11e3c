import { access, readdir, readFile, utimes } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';
import type { EntryDocument } from './entryDocument.ts';
import { parseEntry } from './entryText.ts';
import { entryFolder, isKey } from './layout.ts';

/** An entry whose `entry.json` is right. Its contents are verified when they are used. */
export interface FoundEntry {
  cacheDir: string;
  /** Absolute. */
  folder: string;
  entry: EntryDocument;
  /** Absolute path of the log of the stage; null where the entry has none. Verified by `restoreEntry`. */
  logPath: string | null;
}

/** There is no such entry, or none that can be used; `miss` says why, in words. */
export interface Miss {
  miss: string;
  /** There simply is none. Everything else is worth a line. */
  isAbsent: boolean;
}

/** Names of what an entry consists of. */
export const ENTRY_FILE = 'entry.json';
export const LOG_FILE = 'stage.ndjson';
export const CONTENT_FOLDER = 'files';

/**
 * Looks an entry up, and notes its use for those who remove what is used least.
 *
 * @throws the errno error of the file system, such as EACCES.
 */
export async function findEntry(cacheDir: string, key: string): Promise<FoundEntry | Miss> {
  const found = await readEntry(cacheDir, key);
  if ('miss' in found) return found;
  const now = new Date();
  await utimes(path.join(found.folder, ENTRY_FILE), now, now).catch((error: unknown) => {
    // One that is not ours to change can be read all the same, and one that vanishes is found out when it is used.
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOENT'].includes(errorCode(error))) throw error;
  });
  return found;
}

/** {@link findEntry} for those who only want to look at it. */
export async function readEntry(cacheDir: string, key: string): Promise<FoundEntry | Miss> {
  if (!isKey(key)) return { miss: `"${key}" is no key`, isAbsent: true };
  const folder = entryFolder(cacheDir, key);
  try {
    const entry = parseEntry(await readFile(path.join(folder, ENTRY_FILE), 'utf8'), key);
    if ('damage' in entry) return { miss: entry.damage, isAbsent: false };
    const surprise = difference(await namesIn(folder), expectedNames(entry));
    if (surprise !== null) return { miss: surprise, isAbsent: false };
    return { cacheDir, folder, entry, logPath: entry.log === null ? null : path.join(folder, LOG_FILE) };
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errorCode(error))) throw error;
    const isThere = await access(folder).then(
      () => true,
      () => false,
    );
    return { miss: isThere ? 'it is not whole' : 'there is no entry', isAbsent: !isThere };
  }
}

function expectedNames({ log, outputs }: EntryDocument): Set<string> {
  const contents = outputs.flatMap((each) =>
    each.kind === 'file' ? [`${CONTENT_FOLDER}/${each.sha256}`] : [],
  );
  return new Set([ENTRY_FILE, ...(log === null ? [] : [LOG_FILE]), ...contents]);
}

async function namesIn(folder: string): Promise<string[]> {
  const [names, contents] = await Promise.all([readdir(folder), readdir(path.join(folder, CONTENT_FOLDER))]);
  const others = names.filter((name) => name !== CONTENT_FOLDER);
  return [...others, ...contents.map((name) => `${CONTENT_FOLDER}/${name}`)];
}

function difference(names: readonly string[], expected: ReadonlySet<string>): string | null {
  const foreign = names.find((name) => !expected.has(name));
  if (foreign !== undefined) return `${foreign} does not belong to it`;
  const present = new Set(names);
  const missing = [...expected].find((name) => !present.has(name));
  return missing === undefined ? null : `${missing} is missing`;
}
