import fs from 'node:fs';
import { errorCode } from '../../storage/errorCode.ts';
import { count, type FileActivity } from '../../storage/fileActivity.ts';
import { JsonLinesWriter } from '../../storage/jsonLinesWriter.ts';
import { withPath } from '../../storage/withPath.ts';

const NEWLINE = 0x0a;

/**
 * Closes an unterminated last line of a metrics file with a newline, so that the next append does not run into
 * it and only that line is lost. Contrary to a journal the torn line is kept: other tools append to this file.
 * A missing or empty file is left alone. Call it only under the metrics lock.
 *
 * @throws errno errors (not readable, not writable, disk full).
 */
export async function ensureMetricsTrailingNewline(path: string, activity?: FileActivity): Promise<void> {
  closeLastLine(path, activity);
}

/**
 * Whether the last line of an open metrics file has its newline; there is nothing to close in an empty one. Throws errno
 * errors, with `path`.
 */
export function endsWithNewline(
  descriptor: number,
  path: string,
  activity: FileActivity | undefined,
): boolean {
  try {
    const { size } = fs.fstatSync(descriptor);
    const last = Buffer.alloc(1);
    if (size === 0 || fs.readSync(descriptor, last, 0, 1, size - 1) === 0) return true;
    count(activity?.reads, 1);
    return last[0] === NEWLINE;
  } catch (error) {
    throw withPath(error, path);
  }
}

/**
 * Appends complete lines to a metrics file in one write and resolves when they survive a power cut. Call it only
 * under the metrics lock.
 *
 * @param lines without their newline.
 * @throws errno errors; none of the lines is in the file then, except when it is the final sync that failed.
 */
export async function appendMetricsLines(
  path: string,
  lines: Uint8Array[],
  activity?: FileActivity,
): Promise<void> {
  const tail = closeLastLine(path, activity);
  const writer = JsonLinesWriter.open(path, { activity, countedAs: 'metrics' }, tail);
  try {
    writer.appendBytes(joinLines(lines));
    await writer.sync();
  } finally {
    await writer.close();
  }
}

function closeLastLine(path: string, activity: FileActivity | undefined): 'missing' | 'clean' | 'closed' {
  const descriptor = openExisting(path);
  if (descriptor === null) return 'missing';
  try {
    if (endsWithNewline(descriptor, path, activity)) return 'clean';
    fs.writeSync(descriptor, '\n', fs.fstatSync(descriptor).size);
    count(activity?.appends.metrics, 1);
    return 'closed';
  } catch (error) {
    throw withPath(error, path);
  } finally {
    fs.closeSync(descriptor);
  }
}

function joinLines(lines: Uint8Array[]): Uint8Array {
  const newline = Uint8Array.of(NEWLINE);
  return Buffer.concat(lines.flatMap((line) => [line, newline]));
}

function openExisting(path: string): number | null {
  try {
    return fs.openSync(path, 'r+');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
