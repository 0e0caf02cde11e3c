import { FailureError } from '../../failure.ts';
import { cacheCapsOf } from '../cacheCaps.ts';
import { findCache } from '../cacheCommand/cachePlace.ts';
import { emptyCache } from '../cacheCommand/emptyCache.ts';
import { listCache } from '../cacheCommand/listCache.ts';
import { showCacheEntry } from '../cacheCommand/showCacheEntry.ts';
import type { CliContext } from '../context.ts';
import { cacheEntryLines } from '../present/cacheEntryText.ts';
import { cacheEntryJson, listingJson, removalJson } from '../present/cacheJson.ts';
import { listingLines, removalLines } from '../present/cacheText.ts';
import { createStyle } from '../present/style.ts';
import { writeJson } from '../present/writeJson.ts';
import type { CacheOptions } from './definitions/cache.ts';

/** `cache`: lists or shows what is in the stage cache, or removes what is too much, or all. */
export async function runCache(options: CacheOptions, context: CliContext): Promise<void> {
  const { action = 'ls' } = options;
  refuseStray(action, options);
  const { lines, document } = await perform(action, options, context);
  if (options.format === 'json') writeJson(context.stdout, document());
  else context.stdout.write(`${lines().join('\n')}\n`);
}

/** What an action says, in both forms, of which one is wanted. */
interface Report {
  lines: () => string[];
  document: () => object;
}

async function perform(
  action: string,
  { key, stage, maxBytes, maxAgeMs }: CacheOptions,
  context: CliContext,
): Promise<Report> {
  const { env, stdout } = context;
  const look = { style: createStyle(stdout, env), nowMs: context.now().getTime() };
  if (action === 'show') {
    if (key === undefined) throw usage('Missing argument <key> for cache show');
    const view = await showCacheEntry(await findCache(context), key);
    return { lines: () => cacheEntryLines(view, look), document: () => cacheEntryJson(view) };
  }
  if (action === 'clear') {
    const removal = await emptyCache(await findCache(context), null);
    return { lines: () => removalLines(removal), document: () => removalJson(removal) };
  }
  const caps = cacheCapsOf(env);
  const place = await findCache(context);
  if (action === 'prune') {
    const asked = { maxBytes: maxBytes ?? caps.maxBytes, maxAgeMs: maxAgeMs ?? caps.maxAgeMs };
    const removal = await emptyCache(place, asked);
    return { lines: () => removalLines(removal), document: () => removalJson(removal) };
  }
  const listing = await listCache(place, stage, caps);
  return { lines: () => listingLines(listing, look), document: () => listingJson(listing) };
}

function refuseStray(action: string, { key, stage, maxBytes, maxAgeMs }: CacheOptions): void {
  const strays: [string, unknown, string][] = [
    ['A key', key, 'show'],
    ['--stage', stage, 'ls'],
    ['--max-size', maxBytes, 'prune'],
    ['--max-age', maxAgeMs, 'prune'],
  ];
  const stray = strays.find(([, value, owner]) => value !== undefined && owner !== action);
  if (stray) throw usage(`${stray[0]} is for ${stray[2]}, not for ${action}`);
}

function usage(message: string): FailureError {
  return new FailureError({ kind: 'usage', message });
}
