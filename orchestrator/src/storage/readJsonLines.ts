import fs from 'node:fs';
import { count, type Counted } from './fileActivity.ts';
import { MAX_LINE_BYTES, parseLine } from './parseLine.ts';

/** One line of a JSON-lines file; `line` counts from 1 at the place where reading began. */
export type JsonLine =
  | { kind: 'value'; value: unknown; line: number }
  | {
      kind: 'damaged';
      line: number;
      reason: string;
      /** The last line, without newline: its writer was killed while writing it, or is writing it now. */
      torn: boolean;
    };

export interface ReadOptions extends Counted {
  /** Byte offset to begin at, the start of a line. Default 0. */
  start?: number;
  /** Longer lines are reported as damaged and not held in memory. Default 64 MiB. */
  maxLineBytes?: number;
}

/**
 * Reads a JSON-lines file line by line with bounded memory. A damaged line is reported and reading goes on behind
 * it; blank lines are skipped; a last line that only lacks its newline is a value.
 *
 * @throws the errno error of the file system (`ENOENT` for a missing file).
 */
export async function* readJsonLines(file: string, options: ReadOptions = {}): AsyncGenerator<JsonLine> {
  const maxLineBytes = options.maxLineBytes ?? MAX_LINE_BYTES;
  const pending = new PendingLine(maxLineBytes);
  let line = 0;
  const stream = fs.createReadStream(file, { start: options.start ?? 0, highWaterMark: CHUNK_BYTES });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    count(options.activity?.reads, chunk);
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      line += 1;
      const result = toLine(pending.finish(chunk.subarray(from, end)), line, maxLineBytes, false);
      if (result !== null) yield result;
      from = end + 1;
    }
    pending.add(chunk.subarray(from));
  }
  const last = toLine(pending.finish(NOTHING), line + 1, maxLineBytes, true);
  if (last !== null) yield last;
}

const NEWLINE = 0x0a;
const CHUNK_BYTES = 256 * 1024;
const NOTHING = Buffer.alloc(0);

function toLine(bytes: Buffer | null, line: number, maxLineBytes: number, torn: boolean): JsonLine | null {
  if (bytes === null) return { kind: 'damaged', line, reason: `longer than ${maxLineBytes} bytes`, torn };
  if (bytes.every(isBlank)) return null;
  const parsed = parseLine(bytes);
  if (parsed.ok) return { kind: 'value', value: parsed.value, line };
  return { kind: 'damaged', line, reason: parsed.reason, torn };
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}

/** The part of a line that came with earlier chunks; gives up on what grows too long. */
class PendingLine {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#maxBytes) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  /** The whole line with its last part, or null if it was too long; begins a new line. */
  finish(last: Buffer): Buffer | null {
    this.add(last);
    const parts = this.#parts;
    const bytes = this.#bytes;
    this.#parts = [];
    this.#bytes = 0;
    if (bytes > this.#maxBytes) return null;
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  }
}
