import { listEntries } from '../../cache/store/listEntries.ts';
import { findCache } from '../cacheCommand/cachePlace.ts';
import { stageOf } from '../cacheCommand/listCache.ts';
import type { CliContext } from '../context.ts';
import { shortKey } from '../present/cacheText.ts';
import type { Candidate } from './candidates.ts';

/** The beginnings of the keys in the cache, used last first, each with its stage. Throws what listing them throws. */
export async function cacheKeys(context: CliContext): Promise<Candidate[]> {
  const entries = await entriesOf(context);
  return entries.map((each) => ({ value: shortKey(each.key), description: stageOf(each) ?? 'damaged' }));
}

/** The ids of the stages that have entries, each once. Throws what listing them throws. */
export async function cachedStages(context: CliContext): Promise<Candidate[]> {
  const ids = (await entriesOf(context)).flatMap(({ entry }) => entry?.stage_id ?? []);
  return [...new Set(ids)].toSorted().map((value) => ({ value, description: '' }));
}

async function entriesOf(context: CliContext): ReturnType<typeof listEntries> {
  return listEntries((await findCache(context)).cacheDir);
}
