import { pruneCache, type Pruned } from './pruneCache.ts';

/**
 * Removes all entries. Files of others in the folder of the cache stay, and so does what a living process is building.
 *
 * @throws the errno error of the file system.
 */
export async function clearCache(cacheDir: string): Promise<Pruned> {
  return pruneCache(cacheDir, { maxBytes: 0, maxAgeMs: Number.NEGATIVE_INFINITY }, { force: true });
}
