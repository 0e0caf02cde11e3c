import { lineText } from '../metrics/lineText.ts';
import { runIdHash } from '../metrics/runIdHash.ts';
import type { RunIdIndex } from '../metrics/runIdIndex.ts';
import { knownRun } from '../metrics/runLines.ts';
import { parseStoredEntry, type StoredEntry } from '../metrics/storedEntry.ts';
import { linesFromEnd } from './linesFromEnd.ts';

/**
 * The newest `count` runs of a history, oldest first, each with its line that counts and in the place of that. What is
 * read does not depend on the length of the history: its end, and of the index one shard for each run.
 *
 * @param index tells of lines of a run further ahead; without it the last line of a run counts
 * @throws errno errors
 */
export function lastEntries(descriptor: number, count: number, index: RunIdIndex | null): StoredEntry[] {
  if (count === 0) return [];
  const entries: StoredEntry[] = [];
  /** Of each run that was met, where the line begins that counts. */
  const counting = new Map<string, number>();
  for (const { bytes, offset } of linesFromEnd(descriptor)) {
    const entry = parseStoredEntry(lineText(bytes));
    if (entry === null) continue;
    const runId = entry.run_id;
    if (!counting.has(runId)) {
      const earlier = index?.offsets(runIdHash(runId)) ?? [];
      const known = earlier.length === 0 ? null : knownRun(descriptor, runId, [...earlier, offset]);
      counting.set(runId, known?.offset ?? offset);
    }
    if (counting.get(runId) !== offset) continue;
    entries.push(entry);
    if (entries.length === count) break;
  }
  return entries.toReversed();
}
