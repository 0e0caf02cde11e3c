import { clearCache } from '../../cache/store/clearCache.ts';
import { pruneCache, type CacheCaps, type Pruned } from '../../cache/store/pruneCache.ts';
import { scanEntries } from '../../cache/store/scanEntries.ts';
import { FailureError } from '../../failure.ts';
import { errorCode } from '../../storage/errorCode.ts';
import type { CachePlace } from './cachePlace.ts';
import { totalOf, type CacheTotal } from './cacheTotal.ts';

/** What was removed, and what stays. */
export interface CacheRemoval {
  /** The folder of the cache, absolute, and as people know it. */
  cacheDir: string;
  folder: string;
  removed: number;
  freedBytes: number;
  left: CacheTotal;
  /** What was kept to; null: all was to go. */
  caps: CacheCaps | null;
}

/**
 * Removes what the caps do not allow; with null all entries.
 *
 * @throws FailureError `storage` for an entry that cannot be removed; the errno error of the file system.
 */
export async function emptyCache(
  { cacheDir, shown }: CachePlace,
  caps: CacheCaps | null,
): Promise<CacheRemoval> {
  const { removed, freedBytes } = await removing(
    caps === null ? clearCache(cacheDir) : pruneCache(cacheDir, caps, { force: true }),
  );
  const left = totalOf(scanEntries(cacheDir));
  return { cacheDir, folder: shown(cacheDir), removed, freedBytes, left, caps };
}

/** Entries go by being renamed out of sight. People want to know what cannot be removed, not where it should have gone. */
async function removing(work: Promise<Pruned>): Promise<Pruned> {
  try {
    return await work;
  } catch (error) {
    const code = errorCode(error);
    if (!(error instanceof Error && 'path' in error && 'syscall' in error && error.syscall === 'rename')) {
      throw error;
    }
    throw new FailureError({ kind: 'storage', operation: 'rm', path: String(error.path), code });
  }
}
