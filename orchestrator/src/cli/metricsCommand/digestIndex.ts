import fs from 'node:fs';
import { openRunIdIndex } from '../metrics/runIdIndex.ts';

/** What two indexes of the same history have in common, however they came about. */
export interface IndexDigest {
  /** Different hashes of run ids: nearly always runs. */
  run_ids: number;
  /** Over each hash and the place of its first line. */
  digest: string;
}

/**
 * Sums up an index of run ids, one shard after another; null when there is none.
 *
 * @param covered only lines that begin before this byte of the history
 * @throws errno errors
 */
export function digestIndex(directory: string, covered: number): IndexDigest | null {
  if (!fs.existsSync(directory)) return null;
  let runIds = 0;
  const sums = [0, 0, 0, 0];
  for (const shard of openRunIdIndex(directory).shards()) {
    const places = new Map<number, number>();
    for (const { hash, offset } of shard) {
      if (offset < covered) places.set(hash, Math.min(offset, places.get(hash) ?? offset));
    }
    runIds += places.size;
    for (const [hash, place] of places) {
      // Exclusive or, and not a sum, so that the order of the shards does not matter; mixed, so that a pair is one thing.
      const mixed = Math.imul(hash ^ Math.imul(place, 0x9e3779b1), 0x85ebca6b);
      const words = [hash, Math.floor(hash / 2 ** 32), place, mixed];
      for (const [at, word] of words.entries()) sums[at] = (sums[at] ?? 0) ^ word;
    }
  }
  return { run_ids: runIds, digest: sums.map((sum) => (sum >>> 0).toString(16)).join('-') };
}
