import { listEntries, type ListedEntry } from '../../cache/store/listEntries.ts';
import type { CacheCaps } from '../../cache/store/pruneCache.ts';
import type { CachePlace } from './cachePlace.ts';
import { totalOf, type CacheTotal } from './cacheTotal.ts';

/** What is in the cache, or in a part of it. */
export interface CacheListing {
  /** The folder of the cache, absolute, and as people know it. */
  cacheDir: string;
  folder: string;
  /** Only entries of this stage are listed; undefined: all. */
  stage: string | undefined;
  /** Used last first. */
  entries: ListedEntry[];
  /** Of the whole cache. */
  total: CacheTotal;
  /** `pipeline/stage` of all entries, each once. */
  stages: string[];
  caps: CacheCaps;
}

/**
 * Lists entries.
 *
 * @param stage - id of a stage, or `pipeline/stage`, to list only its entries.
 * @throws the errno error of the file system.
 */
export async function listCache(
  { cacheDir, shown }: CachePlace,
  stage: string | undefined,
  caps: CacheCaps,
): Promise<CacheListing> {
  const all = await listEntries(cacheDir);
  const isWanted = (each: ListedEntry): boolean => each.entry?.stage_id === stage || stageOf(each) === stage;
  const stages = all.flatMap((each) => stageOf(each) ?? []);
  return {
    cacheDir,
    folder: shown(cacheDir),
    stage,
    entries: stage === undefined ? all : all.filter(isWanted),
    total: totalOf(all),
    stages: [...new Set(stages)].toSorted(),
    caps,
  };
}

/** `pipeline/stage` of an entry; null when it is damaged. */
export function stageOf({ entry }: ListedEntry): string | null {
  return entry && `${entry.pipeline_id}/${entry.stage_id}`;
}
