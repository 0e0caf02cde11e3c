import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync, type Stats } from 'node:fs';
import type { ConfigProblem } from './problem.ts';
import { problemAt, problemOfFile, sourceOf, type Source } from './source.ts';

/** What became of reading a text file. */
export type ReadSource =
  | { kind: 'text'; source: Source }
  | { kind: 'absent' }
  | { kind: 'problem'; problem: ConfigProblem };

/** Largest file that is read, in bytes: far above any real one, small enough to be read in an instant. */
export const LARGEST_FILE = 8 * 1024 * 1024;

/**
 * Reads a UTF-8 text file. A byte order mark is taken off; anything that cannot be read as text (a directory, a
 * device, other encodings, more than {@link LARGEST_FILE} bytes, an error of the file system) becomes a problem.
 *
 * At once: every start waits for it, and by way of the thread pool it takes 1 ms longer.
 *
 * @param file the path as shown to a person.
 */
export function readSource(path: string, file: string): ReadSource {
  let bytes: Buffer;
  try {
    const stats = statSync(path);
    if (!stats.isFile()) return problem(problemOfFile(file, `found ${typeOf(stats)}`, 'expected a file'));
    if (stats.size > LARGEST_FILE) return problem(tooLarge(file, stats.size));
    bytes = readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (code === 'ENOENT') return { kind: 'absent' };
    return problem(
      problemOfFile(file, `found a file that cannot be read (${code})`, 'expected a readable file'),
    );
  }
  return isUtf8(bytes)
    ? { kind: 'text', source: sourceOf(file, withoutMark(bytes.toString('utf8'))) }
    : problem(notUtf8(file, bytes));
}

function problem(found: ConfigProblem): ReadSource {
  return { kind: 'problem', problem: found };
}

function tooLarge(file: string, size: number): ConfigProblem {
  const [actual, largest] = [size, LARGEST_FILE].map((bytes) => (bytes / 1024 / 1024).toFixed(1));
  return problemOfFile(file, `found a file of ${actual} MiB`, `expected at most ${largest} MiB`);
}

function notUtf8(file: string, bytes: Buffer): ConfigProblem {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return problemOfFile(file, 'found UTF-16 text', 'expected UTF-8 text');
  }
  const text = bytes.toString('utf8');
  const index = firstBadCharacter(bytes, text);
  const offset = Buffer.byteLength(text.slice(0, index));
  const byte = (bytes[offset] ?? 0).toString(16).toUpperCase().padStart(2, '0');
  const place = { offset: withoutMark(text.slice(0, index)).length, length: 1 };
  return problemAt(sourceOf(file, withoutMark(text)), place, {
    found: `found the byte 0x${byte} at offset ${offset}, which is not UTF-8`,
    expected: 'expected UTF-8 text',
  });
}

/** Index of the first replacement character that stands for a bad byte and not for itself. */
function firstBadCharacter(bytes: Buffer, text: string): number {
  let byteOffset = 0;
  let textOffset = 0;
  for (;;) {
    const index = text.indexOf('\ufffd', textOffset);
    byteOffset += Buffer.byteLength(text.slice(textOffset, index));
    if (bytes.toString('latin1', byteOffset, byteOffset + 3) !== '\xef\xbf\xbd') return index;
    byteOffset += 3;
    textOffset = index + 1;
  }
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function typeOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a named pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}
