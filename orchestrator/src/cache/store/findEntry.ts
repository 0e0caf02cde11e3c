import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';
import { touch } from '../touch.ts';
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
 * Looks an entry up, and notes its use for those who remove what is used least. Synchronous: five calls of some 10 µs,
 * of which each would take ten times as long by way of the thread pool.
 *
 * @throws the errno error of the file system, such as EACCES.
 */
export function findEntry(cacheDir: string, key: string): FoundEntry | Miss {
  const found = readEntry(cacheDir, key);
  if ('miss' in found) return found;
  touch(path.join(found.folder, ENTRY_FILE));
  return found;
}

/** {@link findEntry} for those who only want to look at it. */
export function readEntry(cacheDir: string, key: string): FoundEntry | Miss {
  if (!isKey(key)) return { miss: `"${key}" is no key`, isAbsent: true };
  const folder = entryFolder(cacheDir, key);
  try {
    const entry = parseEntry(fs.readFileSync(path.join(folder, ENTRY_FILE), 'utf8'), key);
    if ('damage' in entry) return { miss: entry.damage, isAbsent: false };
    const surprise = difference(namesIn(folder), expectedNames(entry));
    if (surprise !== null) return { miss: surprise, isAbsent: false };
    return { cacheDir, folder, entry, logPath: entry.log === null ? null : path.join(folder, LOG_FILE) };
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errorCode(error))) throw error;
    const isThere = fs.existsSync(folder);
    return { miss: isThere ? 'it is not whole' : 'there is no entry', isAbsent: !isThere };
  }
}

function expectedNames({ log, outputs }: EntryDocument): Set<string> {
  const contents = outputs.flatMap((each) =>
    each.kind === 'file' ? [`${CONTENT_FOLDER}/${each.sha256}`] : [],
  );
  return new Set([ENTRY_FILE, ...(log === null ? [] : [LOG_FILE]), ...contents]);
}

function namesIn(folder: string): string[] {
  const others = fs.readdirSync(folder).filter((name) => name !== CONTENT_FOLDER);
  const contents = fs.readdirSync(path.join(folder, CONTENT_FOLDER));
  return [...others, ...contents.map((name) => `${CONTENT_FOLDER}/${name}`)];
}

function difference(names: readonly string[], expected: ReadonlySet<string>): string | null {
  const foreign = names.find((name) => !expected.has(name));
  if (foreign !== undefined) return `${foreign} does not belong to it`;
  const present = new Set(names);
  const missing = [...expected].find((name) => !present.has(name));
  return missing === undefined ? null : `${missing} is missing`;
}
