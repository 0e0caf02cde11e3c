import fs from 'node:fs';
import type { HistoryState } from './aggregates/historyState.ts';
import type { HistoryLine } from './historyLines.ts';
import { rebuildHistory } from './rebuildHistory.ts';
import { createRunIdIndex, openRunIdIndex } from './runIdIndex.ts';

/** Entries of this version have about 1 kB; fewer, longer lines only mean smaller shards. */
const TYPICAL_LINE_BYTES = 1000;

/**
 * Computes the state of the first `size` bytes of a history from its beginning, and writes the index of its run ids.
 *
 * @param directory where the index goes; there is nothing yet, and nothing afterwards when there is no entry
 * @param onOther as in `rebuildHistory`
 * @returns the state, how far it covers the history, and how many shards the index has
 * @throws errno errors
 */
export function rebuildWithIndex(
  descriptor: number,
  size: number,
  directory: string,
  onOther?: (line: HistoryLine, number: number) => void,
): { state: HistoryState; covered: number; shards: number } {
  const records = createRunIdIndex(directory, size / TYPICAL_LINE_BYTES);
  let finished = false;
  const index = {
    add: (hash: number, offset: number) => records.add(hash, offset),
    repeated() {
      if (!finished) records.finish();
      finished = true;
      return fs.existsSync(directory) ? openRunIdIndex(directory).repeated() : [];
    },
  };
  const rebuilt = rebuildHistory(descriptor, size, index, onOther);
  return { ...rebuilt, shards: fs.existsSync(directory) ? openRunIdIndex(directory).size() : 0 };
}
