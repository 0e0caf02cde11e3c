import fs from 'node:fs';
import type { FileActivity } from '../storage/fileActivity.ts';
import { withPath } from '../storage/withPath.ts';
import { BatchWriter } from './batchWriter.ts';
import type { OutputSink, OutputStream } from './outputSink.ts';

/**
 * A plain file that takes the output of a command: the bytes of both streams in the order of their arrival. Memory
 * stays bounded: beyond {@link PAUSE_BYTES} that wait to be written, `write` asks for a pause.
 *
 * When a write to the file fails, everything after it is dropped, `onError` is called, and `close` rejects with that
 * error.
 */
export class OutputFile implements OutputSink {
  onDrain: (() => void) | null = null;
  /** Called once, with the first failure, possibly before `write` or `addLine` returns. */
  onError: ((error: unknown) => void) | null = null;

  readonly #file: BatchWriter;
  #paused = false;
  #atLineStart = true;

  /**
   * Creates the file, or empties it.
   *
   * @throws the errno error of the file system.
   */
  static create(path: string, activity?: FileActivity): OutputFile {
    return new OutputFile(path, fs.openSync(path, 'w'), activity);
  }

  private constructor(path: string, fd: number, activity: FileActivity | undefined) {
    this.#file = new BatchWriter(fd, { activity });
    this.#file.onLanded = () => {
      this.#file.flush();
      this.#resume();
    };
    this.#file.onError = (error) => {
      withPath(error, path);
      this.onError?.(error);
      // Nobody may wait for room that never comes.
      this.#resume();
    };
  }

  /** Adds a line of our own, on a line of its own. */
  addLine(text: string): void {
    this.#file.batch.addText(this.#atLineStart ? `${text}\n` : `\n${text}\n`);
    this.#atLineStart = true;
    this.#file.flush();
  }

  /** @returns false when enough waits to be written: no more, please, until `onDrain` is called. */
  write(_stream: OutputStream, chunk: Buffer): boolean {
    if (this.#file.failed || chunk.length === 0) return true;
    const { batch } = this.#file;
    batch.reserve(chunk.length);
    chunk.copy(batch.bytes, batch.length);
    batch.length += chunk.length;
    this.#atLineStart = chunk.at(-1) === LINE_END;
    this.#file.flush();
    this.#paused = this.#file.busy && this.#file.batch.length >= PAUSE_BYTES;
    return !this.#paused;
  }

  /** Writes what is left and closes the file. */
  async close(): Promise<void> {
    await this.#file.close();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.onDrain?.();
  }
}

/** So much may wait for a write in flight, which has at most as much itself. */
const PAUSE_BYTES = 512 * 1024;
const LINE_END = 0x0a;
