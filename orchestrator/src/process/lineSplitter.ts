import { GrowingBuffer } from './growingBuffer.ts';
import { incompleteTail } from './utf8Chunks.ts';

/** Where a piece stands in its line: `whole` for all but the overlong ones. */
export type LinePart = 'whole' | 'begin' | 'middle' | 'end';

/** Takes a line or a piece of one, without its line end. The bytes may change after the call. */
export type TakeLine = (bytes: Buffer, part: LinePart) => void;

/**
 * Cuts a stream of bytes into lines. Only `\n` ends a line; a `\r` before it is dropped. A line longer than `limit`
 * bytes is handed over in pieces of at most so many, none of which ends within a UTF-8 character; memory is bounded
 * by that. The limit must be at least 4, the length of the longest character.
 */
export class LineSplitter {
  readonly #limit: number;
  readonly #take: TakeLine;
  /** What has come of a line whose end has not. */
  readonly #held = new GrowingBuffer(FIRST_CAPACITY);
  /** Pieces of the current line were handed over. */
  #begun = false;

  constructor(limit: number, take: TakeLine) {
    this.#limit = limit;
    this.#take = take;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      this.#complete(chunk.subarray(from, end));
      from = end + 1;
    }
    if (from < chunk.length) this.#hold(chunk.subarray(from));
  }

  /** At the end of the stream: a last line without line end is handed over as it is. */
  end(): void {
    if (this.#held.length > 0 || this.#begun) this.#handOver(this.#heldBytes());
  }

  #complete(rest: Buffer): void {
    if (this.#held.length === 0 && !this.#begun && rest.length <= this.#limit) {
      this.#take(withoutReturn(rest), 'whole');
      return;
    }
    this.#hold(rest);
    this.#handOver(withoutReturn(this.#heldBytes()));
  }

  #handOver(last: Buffer): void {
    this.#take(last, this.#begun ? 'end' : 'whole');
    this.#held.clear();
    this.#begun = false;
  }

  /** Hands pieces over only while more of the line follows, so that its last one can lose its `\r`. */
  #hold(bytes: Buffer): void {
    let from = 0;
    while (this.#held.length + bytes.length - from > this.#limit) {
      const until = from + this.#limit - this.#held.length;
      this.#add(bytes.subarray(from, until));
      from = until;
      const cut = incompleteTail(this.#held.bytes, this.#held.length);
      const complete = this.#held.length - cut;
      this.#take(this.#held.bytes.subarray(0, complete), this.#begun ? 'middle' : 'begin');
      this.#begun = true;
      this.#held.bytes.copyWithin(0, complete, this.#held.length);
      this.#held.length = cut;
    }
    this.#add(bytes.subarray(from));
  }

  #add(bytes: Buffer): void {
    this.#held.reserve(bytes.length);
    bytes.copy(this.#held.bytes, this.#held.length);
    this.#held.length += bytes.length;
  }

  #heldBytes(): Buffer {
    return this.#held.bytes.subarray(0, this.#held.length);
  }
}

function withoutReturn(line: Buffer): Buffer {
  return line[line.length - 1] === RETURN ? line.subarray(0, -1) : line;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const FIRST_CAPACITY = 4096;
