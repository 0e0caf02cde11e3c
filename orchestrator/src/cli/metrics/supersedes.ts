import type { StoredEntry } from './storedEntry.ts';

/**
 * Whether `later` (further down in the file) replaces `earlier` of the same run id. The first line wins, so that
 * the copy left by a crash in the middle of a pending merge changes nothing; but the result of a resumed run must
 * count. A resumed run keeps its `started_at` and ends later; a line with another `started_at` was not written by
 * a resume of that run and stays ignored. Pure.
 */
export function supersedes(later: StoredEntry, earlier: StoredEntry): boolean {
  if (later.started_at !== earlier.started_at) return false;
  const laterEnd = completedMs(later);
  if (laterEnd === null) return false;
  const earlierEnd = completedMs(earlier);
  return earlierEnd === null || laterEnd > earlierEnd;
}

function completedMs(entry: StoredEntry): number | null {
  if (typeof entry.completed_at !== 'string') return null;
  const ms = Date.parse(entry.completed_at);
  return Number.isNaN(ms) ? null : ms;
}
