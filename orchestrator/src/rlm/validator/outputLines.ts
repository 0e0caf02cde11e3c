/**
 * Cuts one stream of output into lines as a terminal would leave them: a carriage return starts its line anew, so of a
 * progress bar only the last state is left. Of a longer line only the first {@link LINE_BYTES} are kept; blank lines
 * are left out.
 */
export class OutputLines {
  readonly #onLine: (line: string) => void;
  /** The beginning of a line that has not ended yet. */
  readonly #held = Buffer.allocUnsafeSlow(LINE_BYTES);
  #length = 0;
  /** What is held ended with a carriage return: text that follows takes its place. */
  #returned = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    for (let from = 0; ; ) {
      const end = chunk.indexOf(LINE_END, from);
      if (end === -1) {
        this.#hold(chunk.subarray(from));
        return;
      }
      if (this.#length === 0) this.#take(chunk.subarray(from, end));
      else {
        this.#hold(chunk.subarray(from, end));
        this.end();
      }
      from = end + 1;
    }
  }

  /** The output is over: what is held is the last line. */
  end(): void {
    const line = this.#held.subarray(0, this.#length);
    this.#length = 0;
    this.#returned = false;
    this.#take(line);
  }

  #hold(piece: Buffer): void {
    const end = endWithoutReturns(piece);
    if (end > 0) {
      const start = piece.lastIndexOf(RETURN, end - 1) + 1;
      if (start > 0 || this.#returned) this.#length = 0;
      this.#length += piece.copy(this.#held, this.#length, start, end);
      this.#returned = false;
    }
    if (end < piece.length) this.#returned = true;
  }

  #take(bytes: Buffer): void {
    const end = endWithoutReturns(bytes);
    if (end === 0) return;
    const start = bytes.lastIndexOf(RETURN, end - 1) + 1;
    const line = bytes.toString('utf8', start, Math.min(end, start + LINE_BYTES));
    if (line.trim() !== '') this.#onLine(line);
  }
}

/** Returns at the end belong to the line end that follows. */
function endWithoutReturns(bytes: Buffer): number {
  let end = bytes.length;
  while (bytes[end - 1] === RETURN) end -= 1;
  return end;
}

const LINE_BYTES = 4096;
const LINE_END = 0x0a;
const RETURN = 0x0d;
