import fs from 'node:fs';
import { errorCode } from './errorCode.ts';
import { count, type FileActivity } from './fileActivity.ts';
import { MAX_LINE_BYTES, parseLine } from './parseLine.ts';

export interface TailRepair {
  /** `closed`: the last line lacked only its newline. `cut`: it was torn and is gone. */
  kind: 'missing' | 'clean' | 'closed' | 'cut';
  /** Length of the line that was closed or cut, in bytes; 0 if nothing was done. */
  bytes: number;
}

/**
 * Makes a JSON-lines file fit for appending after its writer was killed: a last line without newline is closed if
 * it is a complete JSON object or array, and cut off otherwise. Without that, the next line would be glued to
 * the torn one and both would be lost.
 *
 * A tail that is too long to be looked at is closed: then only this line is damaged, and nothing is thrown away.
 * To be called by the only writer of the file, before its first append.
 *
 * @throws the errno error of the file system.
 */
export function repairTail(path: string, activity?: FileActivity): TailRepair {
  // Nearly always it is new, and an error that is thrown and caught takes longer than all the rest.
  if (!fs.existsSync(path)) return { kind: 'missing', bytes: 0 };
  let descriptor: number;
  try {
    descriptor = fs.openSync(path, 'r+');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { kind: 'missing', bytes: 0 };
    throw error;
  }
  try {
    const { size } = fs.fstatSync(descriptor);
    const start = startOfLastLine(descriptor, size, activity);
    const bytes = size - start;
    if (bytes === 0) return { kind: 'clean', bytes };
    if (bytes > MAX_LINE_BYTES || isComplete(readExactly(descriptor, start, bytes, activity))) {
      fs.writeSync(descriptor, '\n', size);
      count(activity?.appends.other, 1);
      return { kind: 'closed', bytes };
    }
    fs.ftruncateSync(descriptor, start);
    return { kind: 'cut', bytes };
  } finally {
    fs.closeSync(descriptor);
  }
}

/** A torn number, `12` of `123`, is valid JSON as well; only what has a closing bracket is known to be whole. */
function isComplete(tail: Buffer): boolean {
  const line = parseLine(tail);
  return line.ok && typeof line.value === 'object' && line.value !== null;
}

const NEWLINE = 0x0a;
const STEP_BYTES = 65_536;

function startOfLastLine(descriptor: number, size: number, activity: FileActivity | undefined): number {
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - STEP_BYTES);
    const found = readExactly(descriptor, start, end - start, activity).lastIndexOf(NEWLINE);
    if (found !== -1) return start + found + 1;
    end = start;
  }
  return 0;
}

function readExactly(
  descriptor: number,
  position: number,
  length: number,
  activity: FileActivity | undefined,
): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const read = fs.readSync(descriptor, buffer, filled, length - filled, position + filled);
    if (read === 0) break;
    count(activity?.reads, read);
    filled += read;
  }
  return buffer.subarray(0, filled);
}
