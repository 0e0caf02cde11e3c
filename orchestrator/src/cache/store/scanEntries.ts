import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';
import { bytesInHead, HEAD_LENGTH } from './entryText.ts';
import { ENTRY_FILE } from './findEntry.ts';
import { entryFolder, isKey, storeLayout } from './layout.ts';

/** What an entry takes up, and since when it was not used. */
export interface ScannedEntry {
  key: string;
  /** Absolute. */
  folder: string;
  /** Of its contents; null when it is evidently damaged. */
  bytes: number | null;
  /** Ms since 1970. */
  lastUsedAt: number;
}

/**
 * Goes through all entries, that used last first; files that are none of ours are not looked at. Synchronous, and only
 * the beginning of each `entry.json` is read: some 30 µs for an entry, where reading it asynchronously takes ten times
 * as long, and a run may be waiting for the end of this.
 *
 * @throws the errno error of the file system.
 */
export function scanEntries(cacheDir: string): ScannedEntry[] {
  const scanned: ScannedEntry[] = [];
  const now = Date.now();
  const head = Buffer.alloc(HEAD_LENGTH);
  for (const key of keysIn(cacheDir)) {
    const folder = entryFolder(cacheDir, key);
    const found = unlessMissing(() => readHead(path.join(folder, ENTRY_FILE), head)) ?? bareFolder(folder);
    // A clock that was set back leaves times to come, which count as now: these entries would outlive all others.
    if (found) scanned.push({ key, folder, ...found, lastUsedAt: Math.min(now, found.lastUsedAt) });
  }
  return scanned.toSorted((a, b) => b.lastUsedAt - a.lastUsedAt || (a.key < b.key ? -1 : 1));
}

type Finding = Pick<ScannedEntry, 'bytes' | 'lastUsedAt'>;

function readHead(file: string, buffer: Buffer): Finding {
  const fd = fs.openSync(file, 'r');
  try {
    const length = fs.readSync(fd, buffer, 0, HEAD_LENGTH, 0);
    return { bytes: bytesInHead(buffer.toString('latin1', 0, length)), lastUsedAt: fs.fstatSync(fd).mtimeMs };
  } finally {
    fs.closeSync(fd);
  }
}

/** Of an entry without `entry.json`; undefined when all of it was removed meanwhile. */
function bareFolder(folder: string): Finding | undefined {
  const stats = unlessMissing(() => fs.lstatSync(folder));
  return stats && { bytes: null, lastUsedAt: stats.mtimeMs };
}

function keysIn(cacheDir: string): string[] {
  const { entries } = storeLayout(cacheDir);
  return namesIn(entries)
    .filter((shard) => /^[0-9a-f]{2}$/.test(shard))
    .flatMap((shard) =>
      namesIn(path.join(entries, shard)).filter((name) => isKey(name) && name.startsWith(shard)),
    );
}

function namesIn(folder: string): string[] {
  return unlessMissing(() => fs.readdirSync(folder)) ?? [];
}

function unlessMissing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return undefined;
    throw error;
  }
}
