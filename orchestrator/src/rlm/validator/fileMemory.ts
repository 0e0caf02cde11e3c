import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import { constants, type BigIntStats } from 'node:fs';
import { errorCode } from '../../storage/errorCode.ts';

/** Absolute path → what was found there last, and how to see that it is still the same. */
export type FileMemory = Map<string, { identity: string; value: string }>;

/** Value of a file that is there and cannot be read, and of one that vanishes while it is looked at. */
const UNREADABLE = 'unreadable';

/**
 * What a file is, as a short text: a hash of its content, with an `x` after it when it is executable; of a symbolic link
 * its target; of anything else its kind. Null when there is none. A file whose size, times and inode are as the memory
 * has them is not read again.
 */
export async function fileValue(file: string, memory: FileMemory): Promise<string | null> {
  try {
    const stats = await fs.lstat(file, { bigint: true });
    if (stats.isSymbolicLink()) return `link ${await fs.readlink(file)}`;
    if (!stats.isFile()) return 'no file';
    const identity = identityOf(stats);
    const known = memory.get(file);
    if (known?.identity === identity) return known.value;
    const settled = BigInt(Date.now() - SETTLED_AFTER_MS) * NS_PER_MS;
    const isExecutable = (Number(stats.mode) & EXECUTABLE) !== 0;
    const value = `${await contentHash(file)}${isExecutable ? ' x' : ''}`;
    if (stats.ctimeNs < settled) memory.set(file, { identity, value });
    else memory.delete(file);
    return value;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === '') throw error;
    return UNREADABLE;
  }
}

/** A file that has changed just now could change once more without new times: clocks of file systems are coarse. */
const SETTLED_AFTER_MS = 2000;
const NS_PER_MS = 1_000_000n;
const EXECUTABLE = 0o111;
const PIECE_BYTES = 256 * 1024;
const HASH_DIGITS = 32;

function identityOf({ dev, ino, size, mode, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mode, mtimeNs, ctimeNs].join(':');
}

async function contentHash(file: string): Promise<string> {
  // A pipe that takes its place in this moment must not keep us waiting.
  const handle = await fs.open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const hash = createHash('sha256');
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one piece after another
      const { bytesRead } = await handle.read(piece, 0, piece.length);
      if (bytesRead === 0) return hash.digest('hex').slice(0, HASH_DIGITS);
      hash.update(piece.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}
