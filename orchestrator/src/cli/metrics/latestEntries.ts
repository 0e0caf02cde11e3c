import type { StoredEntry } from './storedEntry.ts';

/**
 * One entry per run id, in the order in which the run ids first occur. Which of several entries of a run id
 * counts is decided by {@link supersedes}. Pure.
 */
export function latestEntries(entries: Iterable<StoredEntry>): StoredEntry[] {
  const byRun = new Map<string, StoredEntry>();
  for (const entry of entries) {
    const known = byRun.get(entry.run_id);
    if (known === undefined || supersedes(entry, known)) byRun.set(entry.run_id, entry);
  }
  return [...byRun.values()];
}

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
