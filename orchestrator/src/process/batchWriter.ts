import fs from 'node:fs';
import { count } from '../storage/fileActivity.ts';
import type { AppendOptions } from '../storage/jsonLinesWriter.ts';
import { GrowingBuffer } from './growingBuffer.ts';

/**
 * Appends complete lines to a file. Lines are gathered in {@link BatchWriter.batch}; a small batch is written at once,
 * so that whoever follows the file sees it immediately. A large one is written off the main thread, and the next one
 * is gathered meanwhile: one write in flight, two buffers, no copies.
 *
 * The first failed write ends it: the file is cut back to its last complete line, later lines are dropped, and
 * {@link BatchWriter.settled} and {@link BatchWriter.close} reject.
 */
export class BatchWriter {
  /** Takes the next lines; call {@link BatchWriter.flush} after adding. */
  batch = new GrowingBuffer(FIRST_CAPACITY);
  /** Called whenever a write in flight has ended well: a good moment to add what was held back, before the next. */
  onLanded: (() => void) | null = null;
  /** Called once, with the first failure. */
  onError: ((error: NodeJS.ErrnoException) => void) | null = null;

  readonly #fd: number;
  readonly #options: AppendOptions;
  /** Size of the file; every line up to here is complete. */
  #size: number;
  /** Made when it is needed: most stages print little. */
  #spare: GrowingBuffer | null = null;
  #flying = false;
  #error: NodeJS.ErrnoException | null = null;
  #waiting: (() => void)[] = [];

  /** @param fd opened for appending, at a line start, and closed by {@link BatchWriter.close}. */
  constructor(fd: number, options: AppendOptions = {}) {
    this.#fd = fd;
    this.#options = options;
    this.#size = fs.fstatSync(fd).size;
  }

  /** A write is in flight: what is added now is written after it. */
  get busy(): boolean {
    return this.#flying;
  }

  get failed(): boolean {
    return this.#error !== null;
  }

  /** Writes the batch, unless a write is in flight: then it is written after that one. */
  flush(): void {
    if (this.#flying || this.batch.length === 0) return;
    if (this.#error !== null) this.batch.clear();
    else if (this.batch.length <= AT_ONCE_BYTES) this.#writeAtOnce();
    else this.#takeOff();
  }

  /** Resolves when everything added so far is written; rejects with the first failure. */
  async settled(): Promise<void> {
    this.flush();
    if (this.#flying) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#error !== null) throw this.#error;
  }

  /** Closes the file in any case, after what is still to be written; rejects with the first failure. */
  async close(): Promise<void> {
    try {
      await this.settled();
    } finally {
      fs.closeSync(this.#fd);
    }
  }

  #writeAtOnce(): void {
    const { bytes, length } = this.batch;
    let written = 0;
    try {
      while (written < length) written += fs.writeSync(this.#fd, bytes, written, length - written);
      this.#written(length);
      this.batch.clear();
    } catch (error) {
      this.#fail(error, bytes, written);
    }
  }

  #takeOff(): void {
    const flight = this.batch;
    this.batch = this.#spare ?? new GrowingBuffer(FIRST_CAPACITY);
    this.#spare = flight;
    this.#flying = true;
    this.#fly(flight, 0);
  }

  /** One write call may take only a part, on a nearly full disk for instance; the next one says why. */
  #fly(flight: GrowingBuffer, written: number): void {
    fs.write(this.#fd, flight.bytes, written, flight.length - written, null, (error, count) => {
      if (error !== null) {
        this.#flying = false;
        this.#fail(error, flight.bytes, written);
        this.#wake();
      } else if (written + count < flight.length) this.#fly(flight, written + count);
      else this.#land(flight);
    });
  }

  #land(flight: GrowingBuffer): void {
    this.#flying = false;
    this.#written(flight.length);
    flight.clear();
    this.onLanded?.();
    this.flush();
    if (!this.#flying) this.#wake();
  }

  #written(bytes: number): void {
    this.#size += bytes;
    const { activity, countedAs = 'other' } = this.#options;
    count(activity?.appends[countedAs], bytes);
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #fail(thrown: unknown, bytes: Buffer, written: number): void {
    const error: NodeJS.ErrnoException = thrown instanceof Error ? thrown : new Error(String(thrown));
    this.#error = error;
    this.batch.clear();
    const complete = written === 0 ? 0 : bytes.lastIndexOf(LINE_END, written - 1) + 1;
    try {
      fs.ftruncateSync(this.#fd, this.#size + complete);
    } catch {
      // The first failure is what gets reported. The torn line stays, and the next one to open the file repairs it.
    }
    this.onError?.(error);
  }
}

const LINE_END = 0x0a;
const FIRST_CAPACITY = 4 * 1024;
/** Up to here a write costs less than handing it to another thread. */
const AT_ONCE_BYTES = 16 * 1024;
