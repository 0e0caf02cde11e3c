import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { MAX_LINE_BYTES } from '../storage/parseLine.ts';

/** Ms between two looks at a file that does not grow. */
const POLL_MS = 150;
const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** One line without its newline; `bytes` is null for a line too long to be held. */
export interface GrowingLine {
  bytes: Buffer | null;
  /** Counts from 1. */
  number: number;
  /** The last line, without newline: its writer was killed while writing it. */
  torn: boolean;
}

/**
 * The lines of a file to which others may still be appending. At the end of the file `isComplete` is asked: as long as
 * it says no, the file is looked at again every {@link POLL_MS}. What was written before it said yes is read. Memory
 * is bounded by the longest line, at most {@link MAX_LINE_BYTES}.
 *
 * @throws the errno error of the file system.
 */
export async function* growingLines(
  file: string,
  isComplete: () => Promise<boolean>,
): AsyncGenerator<GrowingLine> {
  const handle = await open(file, 'r');
  try {
    let number = 0;
    let pending: Buffer[] | null = [];
    let pendingBytes = 0;
    for await (const chunk of growingChunks(handle, isComplete)) {
      let from = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
        number += 1;
        const rest = chunk.subarray(from, end);
        yield { bytes: pending === null ? null : joined(pending, rest), number, torn: false };
        pending = [];
        pendingBytes = 0;
        from = end + 1;
      }
      pendingBytes += chunk.length - from;
      if (pendingBytes > MAX_LINE_BYTES) pending = null;
      else if (from < chunk.length) pending?.push(chunk.subarray(from));
    }
    if (pendingBytes > 0) {
      yield { bytes: pending === null ? null : Buffer.concat(pending), number: number + 1, torn: true };
    }
  } finally {
    await handle.close();
  }
}

async function* growingChunks(
  handle: FileHandle,
  isComplete: () => Promise<boolean>,
): AsyncGenerator<Buffer> {
  for (;;) {
    // Asked before the read: what is appended between the two would be missed the other way round.
    const isLast = await isComplete();
    for (;;) {
      const { bytesRead, buffer } = await handle.read({ buffer: Buffer.allocUnsafe(CHUNK_BYTES) });
      if (bytesRead === 0) break;
      yield buffer.subarray(0, bytesRead);
    }
    if (isLast) return;
    await delay(POLL_MS);
  }
}

function joined(parts: Buffer[], last: Buffer): Buffer {
  return parts.length === 0 ? last : Buffer.concat([...parts, last]);
}
