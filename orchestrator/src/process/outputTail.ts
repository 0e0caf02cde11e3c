import { continuationHead } from './utf8Chunks.ts';

/** How much of the end of a stream is kept in memory, in bytes. */
export const TAIL_BYTES = 65_536;

/**
 * The last {@link TAIL_BYTES} of a stream. Large pieces are kept by reference, because copying them would cost as
 * much as printing them; small ones are copied together, because thousands of tiny buffers cost more than their
 * bytes.
 */
export class OutputTail {
  readonly #pieces: Buffer[] = [];
  #kept = 0;
  #cut = false;
  /** The last piece, while there is room in its memory for more small ones. */
  #open: { memory: Buffer; used: number } | null = null;

  /** Adds a piece of output; its bytes must not change afterwards. */
  push(chunk: Buffer): void {
    if (chunk.length < SMALL_BYTES) this.#copy(chunk);
    else {
      this.#pieces.push(chunk);
      this.#open = null;
    }
    this.#kept += chunk.length;
    this.#forget();
  }

  /** The kept end as text; never begins within a character. Bytes that are not UTF-8 become U+FFFD. */
  text(): string {
    const bytes = Buffer.concat(this.#pieces);
    const start = Math.max(0, bytes.length - TAIL_BYTES);
    const tail = bytes.subarray(start);
    return tail.toString('utf8', this.#cut || start > 0 ? continuationHead(tail) : 0);
  }

  #copy(chunk: Buffer): void {
    const open = this.#open;
    if (open === null || open.used + chunk.length > open.memory.length) {
      const memory = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      chunk.copy(memory);
      this.#open = { memory, used: chunk.length };
      this.#pieces.push(memory.subarray(0, chunk.length));
      return;
    }
    chunk.copy(open.memory, open.used);
    open.used += chunk.length;
    this.#pieces[this.#pieces.length - 1] = open.memory.subarray(0, open.used);
  }

  #forget(): void {
    let first = this.#pieces[0];
    while (first !== undefined && this.#kept - first.length >= TAIL_BYTES) {
      this.#pieces.shift();
      this.#kept -= first.length;
      this.#cut = true;
      first = this.#pieces[0];
    }
  }
}

const SMALL_BYTES = 4096;
const BLOCK_BYTES = 8192;
