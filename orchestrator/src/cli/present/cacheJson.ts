import type { MissFacts } from '../../cache/missFacts.ts';
import type { ListedEntry } from '../../cache/store/listEntries.ts';
import type { CacheRemoval } from '../cacheCommand/emptyCache.ts';
import type { CacheListing } from '../cacheCommand/listCache.ts';
import type { CacheEntryView } from '../cacheCommand/showCacheEntry.ts';

/** What `cache ls` prints with `--format json`. Sizes are bytes, ages ms. */
export function listingJson({ cacheDir, entries, total, caps }: CacheListing): Record<string, unknown> {
  return {
    cache_dir: cacheDir,
    entries: entries.map(listedJson),
    total_entries: total.entries,
    total_bytes: total.bytes,
    max_bytes: caps.maxBytes,
    max_age_ms: caps.maxAgeMs,
  };
}

function listedJson({ key, bytes, lastUsedAt, entry, damage }: ListedEntry): Record<string, unknown> {
  const used = { last_used_at: new Date(lastUsedAt).toISOString() };
  if (entry === null) return { key, bytes, ...used, damage };
  const { pipeline_id, stage_id, run_id, task_id, created_at, duration_ms, outputs } = entry;
  return {
    key,
    pipeline_id,
    stage_id,
    run_id,
    task_id,
    created_at,
    ...used,
    duration_ms,
    bytes: entry.bytes,
    outputs: outputs.length,
    damage: null,
  };
}

/** What `cache show` prints with `--format json`. `facts` is null when they are not known; an unreadable entry has no more than its place. */
export function cacheEntryJson(view: CacheEntryView): Record<string, unknown> {
  const { key, path, lastUsedAt, entry, facts, damage } = view;
  const place = { path, last_used_at: new Date(lastUsedAt).toISOString(), damage };
  if (entry === null) return { key, ...place };
  const { version: _version, key: _key, facts: _facts, outputs, ...others } = entry;
  return { key, ...place, ...others, facts: facts && factsJson(facts), outputs };
}

/** Variables by their names: values are not stored. */
function factsJson(facts: MissFacts): Record<string, unknown> {
  const { command, argv, cwd, env, namedEnv, outputs, needs, platform, arch, nodeMajor, format } = facts;
  return {
    command,
    argv,
    cwd,
    variables: Object.keys(namedEnv),
    unset_variables: Object.keys(namedEnv).filter((name) => namedEnv[name] === null),
    stage_variables: Object.keys(env),
    output_globs: outputs,
    needs,
    platform,
    arch,
    node_major: nodeMajor,
    format,
  };
}

/** What `cache prune` and `cache clear` print with `--format json`. Sizes are bytes, ages ms. */
export function removalJson(removal: CacheRemoval): Record<string, unknown> {
  const { cacheDir, removed, freedBytes, left, caps } = removal;
  return {
    cache_dir: cacheDir,
    removed,
    freed_bytes: freedBytes,
    left_entries: left.entries,
    left_bytes: left.bytes,
    ...(caps !== null && { max_bytes: caps.maxBytes, max_age_ms: caps.maxAgeMs }),
  };
}
