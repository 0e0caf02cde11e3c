import { addEntry, isComplete, takeEntry, type HistoryState } from './aggregates/historyState.ts';
import { readHistoryLines } from './historyLines.ts';
import type { IndexRecord } from './indexRecords.ts';
import { lineText } from './lineText.ts';
import { runIdHash } from './runIdHash.ts';
import type { RunIdIndex } from './runIdIndex.ts';
import { knownRun } from './runLines.ts';
import { parseStoredEntry } from './storedEntry.ts';
import { supersedes } from './supersedes.ts';

/**
 * Takes the lines of a history from byte `covered` to its end into `state`, in place, and into the index, which is
 * durable then.
 *
 * @returns how far it is covered now; null when `state` has to be made anew (see `isComplete`)
 * @throws errno errors
 */
export function foldNewLines(
  descriptor: number,
  { covered, size }: { covered: number; size: number },
  state: HistoryState,
  index: Pick<RunIdIndex, 'offsets' | 'add'>,
): number | null {
  const added: IndexRecord[] = [];
  const recent = new Map<number, number[]>();
  const end = readHistoryLines(descriptor, covered, size, ({ bytes, offset }) => {
    const entry = parseStoredEntry(lineText(bytes));
    if (entry === null) return;
    const hash = runIdHash(entry.run_id);
    // The index may know lines that an update which was interrupted had taken in: they come once more now.
    const earlier = index.offsets(hash).filter((each) => each < covered);
    const known = knownRun(descriptor, entry.run_id, [...earlier, ...(recent.get(hash) ?? [])]);
    if (known !== null) {
      if (!supersedes(entry, known.entry)) return;
      takeEntry(state, known.entry, known.place);
    }
    addEntry(state, entry, known?.place ?? offset);
    added.push({ hash, offset });
    recent.set(hash, [...(recent.get(hash) ?? []), offset]);
  });
  if (!isComplete(state)) return null;
  index.add(added);
  return end;
}
