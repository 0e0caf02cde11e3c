import type { EntryDocument } from './entryDocument.ts';
import { readEntry } from './findEntry.ts';
import { scanEntries, type ScannedEntry } from './scanEntries.ts';

/** An entry in the cache, whole or not. */
export interface ListedEntry extends ScannedEntry {
  /** null when it cannot be used. */
  entry: EntryDocument | null;
  /** Why it cannot, in words; '' when it can. */
  damage: string;
}

/**
 * All entries, that used last first. Their contents are not verified.
 *
 * @throws the errno error of the file system.
 */
export async function listEntries(cacheDir: string): Promise<ListedEntry[]> {
  return describe(cacheDir, scanEntries(cacheDir));
}

/**
 * The entries whose keys begin like this, in the order of their keys: none, the one that is meant, or several.
 *
 * @throws the errno error of the file system.
 */
export async function showEntry(cacheDir: string, keyPrefix: string): Promise<ListedEntry[]> {
  const scanned = scanEntries(cacheDir).filter(({ key }) => key.startsWith(keyPrefix.toLowerCase()));
  return describe(
    cacheDir,
    scanned.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  );
}

async function describe(cacheDir: string, scanned: readonly ScannedEntry[]): Promise<ListedEntry[]> {
  const listed: ListedEntry[] = [];
  for (const each of scanned) {
    const found = readEntry(cacheDir, each.key);
    if (!('miss' in found)) listed.push({ ...each, entry: found.entry, damage: '' });
    // Absent: it was removed meanwhile.
    else if (!found.isAbsent) listed.push({ ...each, entry: null, damage: found.miss });
  }
  return listed;
}
