import { hash } from 'node:crypto';
import fs, { type Stats } from 'node:fs';
import { hashFile } from '../store/hashFile.ts';

const SMALL_BYTES = 64 * 1024;
const buffer = Buffer.allocUnsafe(SMALL_BYTES + 1);
/** What was a file a moment ago may be a link now, or a pipe, of which opening alone may never end. */
const FLAGS = fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK;

/**
 * SHA-256, hex, of what a file holds; of its target, as it is written, for a symbolic link. Most files are small, and
 * reading them at once takes an eighth of the time that it takes off the main thread (20,000 files of 1 KiB: 0.1 s).
 *
 * @param stats - of the file or link itself.
 * @throws the errno error of the file system.
 */
export async function hashInput(file: string, stats: Stats): Promise<string> {
  if (stats.isSymbolicLink()) return hash('sha256', fs.readlinkSync(file, { encoding: 'buffer' }));
  if (stats.size <= SMALL_BYTES) {
    const length = readSmall(file);
    if (length <= SMALL_BYTES) return hash('sha256', buffer.subarray(0, length));
  }
  return (await hashFile(file, stats.size)).sha256;
}

/** Fills the buffer and returns how much of it; it is full when there is more in the file. */
function readSmall(file: string): number {
  const descriptor = fs.openSync(file, FLAGS);
  try {
    let length = 0;
    for (;;) {
      const read = fs.readSync(descriptor, buffer, length, buffer.length - length, null);
      length += read;
      if (read === 0 || length === buffer.length) return length;
    }
  } finally {
    fs.closeSync(descriptor);
  }
}
