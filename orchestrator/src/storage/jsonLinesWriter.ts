import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { count, countSync, type Counted, type FileActivity } from './fileActivity.ts';
import { repairTail, type TailRepair } from './repairTail.ts';
import { syncDirectory } from './syncDirectory.ts';
import { withPath } from './withPath.ts';

const fdatasync = promisify(fs.fdatasync);
const NEWLINE = 0x0a;

/** What the appends of a file count as. */
export interface AppendOptions extends Counted {
  /** Default `other`. */
  countedAs?: keyof FileActivity['appends'];
}

/**
 * Appends to a JSON-lines file of which it is the only writer. Every append is one write of whole lines, so a kill
 * at any moment leaves at most one torn line, at the end.
 */
export class JsonLinesWriter {
  readonly path: string;
  /** null once closed: the number may then already belong to another file. */
  #descriptor: number | null;
  /** Where the file has to be cut before the next append: a failed append could not be taken back. */
  #cutAt: number | null = null;
  /** The entry of a file that we created is not durable before its directory is synced. */
  #entryIsNew: boolean;
  #running: Promise<void> = Promise.resolve();
  #queued: Promise<void> | null = null;
  readonly #options: AppendOptions;

  /**
   * Opens the file, creating it if necessary, after repairing the torn line a killed writer may have left.
   *
   * @param tail how the file ends, from a caller that has seen to it in a way of its own
   * @throws the errno error of the file system.
   */
  static open(
    file: string,
    options: AppendOptions = {},
    tail: TailRepair['kind'] = repairTail(file, options.activity).kind,
  ): JsonLinesWriter {
    return new JsonLinesWriter(file, fs.openSync(file, 'a'), tail === 'missing', options);
  }

  private constructor(file: string, descriptor: number, entryIsNew: boolean, options: AppendOptions) {
    this.path = file;
    this.#descriptor = descriptor;
    this.#entryIsNew = entryIsNew;
    this.#options = options;
  }

  /** Appends one value as one line; see {@link appendBytes}. */
  append(value: object): void {
    this.appendBytes(Buffer.from(`${JSON.stringify(value)}\n`));
  }

  /**
   * Appends whole lines, all of them or none: when not everything can be written, the file is cut back to where
   * it ended before.
   *
   * @param data - one or more complete lines, each with its newline
   * @throws the errno error of the file system (`ENOSPC`, …).
   */
  appendBytes(data: Uint8Array): void {
    if (data.length > 0 && data[data.length - 1] !== NEWLINE)
      throw new TypeError('A line must end with a newline');
    const descriptor = this.#open();
    if (this.#cutAt !== null) {
      fs.ftruncateSync(descriptor, this.#cutAt);
      this.#cutAt = null;
    }
    let written = 0;
    try {
      // A second turn only after a short write. It finishes the line, or finds out why that is not possible.
      while (written < data.length) written += fs.writeSync(descriptor, data, written);
    } catch (error) {
      if (written > 0) this.#takeBack(descriptor, written);
      throw withPath(error, this.path);
    }
    const { activity, countedAs = 'other' } = this.#options;
    count(activity?.appends[countedAs], data);
  }

  /**
   * Makes everything appended so far durable (fdatasync, off the main thread). Calls made while one is running share
   * the next one.
   *
   * @throws the errno error of the file system.
   */
  sync(): Promise<void> {
    if (this.#queued !== null) return this.#queued;
    const descriptor = this.#open();
    const turn = this.#settled().then(() => {
      this.#queued = null;
      return this.#syncNow(descriptor);
    });
    this.#queued = turn;
    this.#running = turn;
    return turn;
  }

  /** Waits for syncs under way, then closes the file. Does not sync by itself; calling it again does nothing. */
  async close(): Promise<void> {
    const descriptor = this.#descriptor;
    if (descriptor === null) return;
    this.#descriptor = null;
    await this.#settled();
    fs.closeSync(descriptor);
  }

  #open(): number {
    if (this.#descriptor === null) throw new Error(`Already closed: ${this.path}`);
    return this.#descriptor;
  }

  /** When the sync under way is over. Its error is reported to those who asked for it. */
  #settled(): Promise<void> {
    return this.#running.catch(() => {});
  }

  async #syncNow(descriptor: number): Promise<void> {
    try {
      await fdatasync(descriptor);
      countSync(this.#options.activity, 'files');
    } catch (error) {
      throw withPath(error, this.path);
    }
    if (!this.#entryIsNew) return;
    await syncDirectory(path.dirname(this.path), this.#options.activity);
    this.#entryIsNew = false;
  }

  #takeBack(descriptor: number, written: number): void {
    try {
      this.#cutAt = fs.fstatSync(descriptor).size - written;
      fs.ftruncateSync(descriptor, this.#cutAt);
      this.#cutAt = null;
    } catch {
      // The caller gets the error of the write, which is the cause. The next append tries to cut again before it
      // writes, and the next writer repairs the tail.
    }
  }
}
