import fs from 'node:fs';
import { count, currentActivity } from '../../storage/fileActivity.ts';

/** A line of a growing file: its bytes without the newline, and where it begins. */
export interface HistoryLine {
  bytes: Buffer;
  offset: number;
}

const NEWLINE = 0x0a;
const CHUNK_BYTES = 256 * 1024;

/**
 * Calls `onLine` for every line of a file from byte `start` to byte `end`, in order, in bounded memory (one line and
 * one chunk). The bytes are only valid during the call. Lines are split at newline bytes, because the offsets
 * of lines are needed: `node:readline` does not tell them, takes longer, and from Node 24 on also breaks lines at U+2028,
 * which a JSON string may hold.
 *
 * @returns the offset behind the last complete line; what follows has no newline yet and is not handed over
 * @throws errno errors
 */
export function readHistoryLines(
  descriptor: number,
  start: number,
  end: number,
  onLine: (line: HistoryLine) => void,
): number {
  let chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  /** Bytes of an unfinished line at the beginning of the chunk. */
  let held = 0;
  let position = start;
  while (position < end) {
    if (held === chunk.length) chunk = Buffer.concat([chunk], chunk.length * 2);
    const read = fs.readSync(
      descriptor,
      chunk,
      held,
      Math.min(chunk.length - held, end - position),
      position,
    );
    if (read === 0) break;
    count(currentActivity()?.reads, read);
    const filled = held + read;
    const base = position - held;
    position += read;
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE, held); at !== -1 && at < filled; at = chunk.indexOf(NEWLINE, from)) {
      onLine({ bytes: chunk.subarray(from, at), offset: base + from });
      from = at + 1;
    }
    chunk.copyWithin(0, from, filled);
    held = filled - from;
  }
  return position - held;
}
