import { parseMissFacts, type MissFacts } from '../../cache/missFacts.ts';
import type { EntryDocument } from '../../cache/store/entryDocument.ts';
import { readEntry } from '../../cache/store/findEntry.ts';
import { showEntry } from '../../cache/store/listEntries.ts';
import { verifyEntry } from '../../cache/store/verifyEntry.ts';
import { FailureError } from '../../failure.ts';
import type { CachePlace } from './cachePlace.ts';
import { stageOf } from './listCache.ts';

/** One entry, looked at closely. */
export interface CacheEntryView {
  key: string;
  /** Its folder, absolute, and as people know it. */
  path: string;
  folder: string;
  /** Ms since 1970. */
  lastUsedAt: number;
  /** null when it cannot be understood. */
  entry: EntryDocument | null;
  /** What went into its key; null when that is not known. */
  facts: MissFacts | null;
  /** What is wrong with it, in words; null when it is whole. */
  damage: string | null;
}

/**
 * Reads and verifies all of the entry whose key begins like this.
 *
 * @throws FailureError `no-such-entry` when there is none, or several; the errno error of the file system.
 */
export async function showCacheEntry(
  { cacheDir, shown }: CachePlace,
  keyPrefix: string,
): Promise<CacheEntryView> {
  const matches = await showEntry(cacheDir, keyPrefix);
  const [match] = matches;
  if (match === undefined || matches.length > 1) {
    throw new FailureError({
      kind: 'no-such-entry',
      key: keyPrefix,
      cacheDir: shown(cacheDir),
      matches: matches.map((each) => ({ key: each.key, stage: stageOf(each) })),
    });
  }
  const { key, folder, lastUsedAt } = match;
  const found = readEntry(cacheDir, key);
  const entry = 'miss' in found ? null : found.entry;
  return {
    key,
    path: folder,
    folder: shown(folder),
    lastUsedAt,
    entry,
    // Inputs may be many, and an entry need not name them.
    facts: entry && parseMissFacts({ files: {}, ...entry.facts }),
    damage: 'miss' in found ? found.miss : await verifyEntry(found),
  };
}
