import fs from 'node:fs';
import { count, currentActivity } from '../../storage/fileActivity.ts';
import { supersedes } from './supersedes.ts';
import { parseStoredEntry, type StoredEntry } from './storedEntry.ts';

/** What is known of a run from its lines in the history. */
export interface KnownRun {
  /** Where its first line begins: its place among the runs. */
  place: number;
  /** The line that counts. */
  entry: StoredEntry;
  /** Where that begins. */
  offset: number;
}

/**
 * The run with this id, from those lines of the history that may be its own; null when none is. Lines that do not win
 * over the ones before them change nothing.
 *
 * @param offsets where lines begin whose run ids have the same hash
 * @throws errno errors
 */
export function knownRun(descriptor: number, runId: string, offsets: readonly number[]): KnownRun | null {
  let run: KnownRun | null = null;
  for (const offset of [...new Set(offsets)].toSorted((a, b) => a - b)) {
    const entry = entryAt(descriptor, offset);
    if (entry?.run_id !== runId) continue;
    if (run === null) run = { place: offset, entry, offset };
    else if (supersedes(entry, run.entry)) run = { place: run.place, entry, offset };
  }
  return run;
}

/** The entry in the line that begins at `offset`; null when there is none. Throws errno errors. */
export function entryAt(descriptor: number, offset: number): StoredEntry | null {
  return parseStoredEntry(lineAt(descriptor, offset));
}

const PIECE_BYTES = 4096;
const NEWLINE = 0x0a;

function lineAt(descriptor: number, offset: number): string {
  const pieces: Buffer[] = [];
  for (let position = offset; ; ) {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const read = fs.readSync(descriptor, piece, 0, PIECE_BYTES, position);
    count(currentActivity()?.reads, read);
    const end = piece.subarray(0, read).indexOf(NEWLINE);
    pieces.push(piece.subarray(0, end === -1 ? read : end));
    position += read;
    if (end !== -1 || read === 0) return Buffer.concat(pieces).toString('utf8');
  }
}
