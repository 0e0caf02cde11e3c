import { baselineDocument } from './aggregates/baseline.ts';
import {
  addEntry,
  emptyHistory,
  isComplete,
  takeEntry,
  type HistoryState,
} from './aggregates/historyState.ts';
import { type HistoryLine, readHistoryLines } from './historyLines.ts';
import { lineText } from './lineText.ts';
import { runIdHash } from './runIdHash.ts';
import { entryAt, knownRun, type KnownRun } from './runLines.ts';
import { parseStoredEntry, type StoredEntry } from './storedEntry.ts';

/** Where the records of a new index go, and what it then knows of them. */
export interface NewIndex {
  add(hash: number, offset: number): void;
  /** To be called when all are added, as often as needed: the offsets of hashes that have several. */
  repeated(): Iterable<readonly number[]>;
}

/**
 * Computes the state of a history from its beginning, in bounded memory: every line is taken in as if no run had
 * another one; then the few runs that have several are found in the index, and what does not count is taken out.
 *
 * @param onOther called for every line that is no entry, with its number counted from 1; its bytes are only valid then
 * @returns the state, and how far it covers the history
 * @throws errno errors
 */
export function rebuildHistory(
  descriptor: number,
  size: number,
  index: NewIndex,
  onOther: (line: HistoryLine, number: number) => void = () => {},
): { state: HistoryState; covered: number } {
  const state = emptyHistory();
  const add = (entry: StoredEntry, offset: number): void => {
    index.add(runIdHash(entry.run_id), offset);
    addEntry(state, entry, offset);
  };
  const covered = forEachEntry(descriptor, size, add, onOther);
  for (const { lines, counting } of repeatedRuns(descriptor, index)) {
    for (const { entry, offset } of lines) takeEntry(state, entry, offset);
    addEntry(state, counting.entry, counting.place);
  }
  return { state: isComplete(state) ? state : countedAnew(descriptor, size, index), covered };
}

/** A run that has several lines. */
interface RepeatedRun {
  lines: { entry: StoredEntry; offset: number }[];
  /** The one of them that counts, and its place. */
  counting: KnownRun;
}

/** One after the other: together their entries may be as much as the history. */
function* repeatedRuns(descriptor: number, index: NewIndex): Generator<RepeatedRun> {
  for (const offsets of index.repeated()) yield* runsAt(descriptor, offsets);
}

/** Lines that share a hash are those of one run, but for the rarest of cases. */
function runsAt(descriptor: number, offsets: readonly number[]): RepeatedRun[] {
  const lines = offsets.flatMap((offset) => {
    const entry = entryAt(descriptor, offset);
    return entry === null ? [] : [{ entry, offset }];
  });
  return [...new Set(lines.map(({ entry }) => entry.run_id))].flatMap((runId) => {
    const own = lines.filter(({ entry }) => entry.run_id === runId);
    const counting = own.length > 1 ? knownRun(descriptor, runId, offsets) : null;
    return counting === null ? [] : [{ lines: own, counting }];
  });
}

/** What {@link rebuildHistory} does, in a second pass that knows which lines count. */
function countedAnew(descriptor: number, size: number, index: NewIndex): HistoryState {
  const places = new Map<number, number | null>();
  for (const { lines, counting } of repeatedRuns(descriptor, index)) {
    for (const { offset } of lines) places.set(offset, offset === counting.offset ? counting.place : null);
  }
  const state = emptyHistory();
  let first: { entry: StoredEntry; place: number } | null = null;
  forEachEntry(descriptor, size, (entry, offset) => {
    const place = places.get(offset) ?? (places.has(offset) ? null : offset);
    if (place === null) return;
    addEntry(state, entry, place);
    // The first run may have been resumed: then its line that counts comes later.
    if (first === null || place < first.place) first = { entry, place };
  });
  if (first !== null) setBaseline(state, first);
  return state;
}

function setBaseline(state: HistoryState, { entry }: { entry: StoredEntry }): void {
  state.baseline = baselineDocument(entry);
}

function forEachEntry(
  descriptor: number,
  size: number,
  onEntry: (entry: StoredEntry, offset: number) => void,
  onOther: (line: HistoryLine, number: number) => void = () => {},
): number {
  let number = 0;
  return readHistoryLines(descriptor, 0, size, (line) => {
    number += 1;
    const entry = parseStoredEntry(lineText(line.bytes));
    if (entry === null) onOther(line, number);
    else onEntry(entry, line.offset);
  });
}
