import fs from 'node:fs';
import type { HistoryLine } from '../metrics/historyLines.ts';

const BLOCK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * The lines of a file from its last one on, whether or not a newline ends that. Only what is asked for is read, in blocks
 * from the end, so the length of the file does not matter.
 *
 * @throws errno errors
 */
export function* linesFromEnd(descriptor: number): Generator<HistoryLine> {
  let position = fs.fstatSync(descriptor).size;
  /** The end of a line whose beginning lies further ahead, in the order of the file. */
  let rest: Buffer[] = [];
  while (position > 0) {
    const start = Math.max(0, position - BLOCK_BYTES);
    const block = readBlock(descriptor, start, position);
    position = start;
    let end = block.length;
    for (let at = newlineBefore(block, end); at !== -1; at = newlineBefore(block, end)) {
      yield { bytes: Buffer.concat([block.subarray(at + 1, end), ...rest]), offset: start + at + 1 };
      rest = [];
      end = at;
    }
    rest.unshift(block.subarray(0, end));
  }
  yield { bytes: Buffer.concat(rest), offset: 0 };
}

/** `lastIndexOf` takes a negative position from the end of the block. */
function newlineBefore(block: Buffer, end: number): number {
  return end === 0 ? -1 : block.lastIndexOf(NEWLINE, end - 1);
}

/** Fewer bytes when the file was cut short meanwhile. */
function readBlock(descriptor: number, start: number, end: number): Buffer {
  const block = Buffer.allocUnsafe(end - start);
  let filled = 0;
  while (filled < block.length) {
    const read = fs.readSync(descriptor, block, filled, block.length - filled, start + filled);
    if (read === 0) break;
    filled += read;
  }
  return block.subarray(0, filled);
}
