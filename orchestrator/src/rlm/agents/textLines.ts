import { GrowingBuffer } from '../../process/growingBuffer.ts';
import { MESSAGE_LIMIT } from './adapter.ts';

/**
 * Hands over the lines of a text as strings, in order. In a flood most of them are left out: of pieces of
 * {@link MESSAGE_LIMIT} bytes and more that follow each other within {@link FLOOD_MS} only lines that begin with `{`
 * are handed over, and all of the last one. Nobody reads such an action, nothing else of it stays in the message, and
 * making strings of a gigabyte takes longer, and more memory, than storing it.
 */
export class TextLines {
  readonly #onLine: (line: string) => void;
  /** A large piece, and what came after it. */
  readonly #held = new GrowingBuffer(0);
  #timer: NodeJS.Timeout | null = null;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Takes one line or several, without the last line end. */
  take(text: Buffer): void {
    if (text.length >= MESSAGE_LIMIT) {
      this.#handOverMarked(this.#heldBytes());
      this.#held.clear();
      this.#hold(text);
      this.#timer ??= setTimeout(() => this.finish(), FLOOD_MS).unref();
    } else if (this.#held.length === 0) this.#handOver(text);
    else {
      // The ends of lines between two large pieces: it may well go on.
      this.#held.addAscii('\n');
      this.#hold(text);
      if (this.#held.length > HELD_BYTES) this.finish();
    }
  }

  /** Hands over what was held back. */
  finish(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#held.length > 0) this.#handOver(this.#heldBytes());
    this.#held.clear();
  }

  /** In blocks of whole lines: strings of 128 KiB and more are not thrown away as soon as others. */
  #handOver(lines: Buffer): void {
    for (let from = 0; from <= lines.length; ) {
      const end = endOfBlock(lines, from);
      this.#handOverText(lines.toString('utf8', from, end));
      from = end + 1;
    }
  }

  #handOverText(text: string): void {
    for (let from = 0; from <= text.length; ) {
      const end = text.indexOf('\n', from);
      const line = end === -1 ? text.slice(from) : text.slice(from, end);
      this.#onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
      from = end === -1 ? text.length + 1 : end + 1;
    }
  }

  #handOverMarked(lines: Buffer): void {
    let from = lines[0] === BRACE ? 0 : startOfMarked(lines, 0);
    while (from !== -1) {
      const end = lines.indexOf(NEWLINE, from);
      this.#handOver(lines.subarray(from, end === -1 ? lines.length : end));
      from = end === -1 ? -1 : startOfMarked(lines, end);
    }
  }

  #hold(text: Buffer): void {
    this.#held.reserve(text.length);
    text.copy(this.#held.bytes, this.#held.length);
    this.#held.length += text.length;
  }

  #heldBytes(): Buffer {
    return this.#held.bytes.subarray(0, this.#held.length);
  }
}

/** Where the line ends with which a block is full that begins at `from`. */
function endOfBlock(lines: Buffer, from: number): number {
  if (lines.length - from <= BLOCK_BYTES) return lines.length;
  const last = lines.lastIndexOf(NEWLINE, from + BLOCK_BYTES);
  if (last >= from) return last;
  const next = lines.indexOf(NEWLINE, from + BLOCK_BYTES);
  return next === -1 ? lines.length : next;
}

/** Where the next line after `from` begins that begins with a brace; -1 if there is none. */
function startOfMarked(lines: Buffer, from: number): number {
  const found = lines.indexOf(MARK, from);
  return found === -1 ? -1 : found + 1;
}

const NEWLINE = 0x0a;
const BRACE = 0x7b;
const MARK = Buffer.from('\n{');
const BLOCK_BYTES = 16 * 1024;
const FLOOD_MS = 50;
const HELD_BYTES = 256 * 1024;
