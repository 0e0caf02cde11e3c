import fs from 'node:fs';
import type { Counted } from '../storage/fileActivity.ts';
import { repairTail } from '../storage/repairTail.ts';
import { withPath } from '../storage/withPath.ts';
import { BatchWriter } from './batchWriter.ts';
import { ChunkRecords, type ChunkRecordOptions } from './chunkRecords.ts';
import type { OutputSink, OutputStream } from './outputSink.ts';
import { OutputTail } from './outputTail.ts';

/** Where a stage's log lies and what its lines say. */
export interface StageLogOptions extends Counted {
  path: string;
  /** 1-based position of the stage; the `index` of every line. */
  stageIndex: number;
  /** Told about every record whose text breaks a secret rule. The log itself keeps the raw text. */
  onTouched?: ChunkRecordOptions['onTouched'];
}

/** What one attempt printed. */
export interface AttemptOutput {
  /** Number of `exec:chunk` lines. */
  chunks: number;
  stdoutBytes: number;
  stderrBytes: number;
  /** The last 64 KiB of each stream, and of both in the order of arrival, as text. */
  stdoutTail: string;
  stderrTail: string;
  combinedTail: string;
}

/**
 * The log of one stage: JSON lines with every event and every byte that it printed. Memory stays bounded: beyond
 * {@link PAUSE_BYTES} that wait to be written, `write` asks for a pause.
 *
 * When a write to the file fails, everything after it is dropped, `onError` is called, and `endAttempt` and `close`
 * reject with that error. The file then still ends with a complete line.
 */
export class StageLog implements OutputSink {
  onDrain: (() => void) | null = null;
  /** Called once, with the first failure, possibly before `append` or `write` returns. */
  onError: ((error: NodeJS.ErrnoException) => void) | null = null;

  readonly #options: StageLogOptions;
  readonly #file: BatchWriter;
  #attempt: Attempt | null = null;
  #paused = false;

  /**
   * Opens the log for appending and repairs a line that a killed run left torn.
   *
   * @throws the errno error of the file system.
   */
  static open(options: StageLogOptions): StageLog {
    repairTail(options.path, options.activity);
    return new StageLog(options, fs.openSync(options.path, 'a'));
  }

  private constructor(options: StageLogOptions, fd: number) {
    this.#options = options;
    this.#file = new BatchWriter(fd, { activity: options.activity, countedAs: 'stage_logs' });
    this.#file.onLanded = () => this.#flush();
    this.#file.onError = (error) => {
      withPath(error, options.path);
      this.onError?.(error);
      // Nobody may wait for room that never comes: from here on everything is taken and dropped.
      this.#resume();
    };
  }

  /** Adds an event after the output that was written before it, with `timestamp` and `index` as its last keys. */
  append(event: Record<string, unknown>): void {
    const { batch } = this.#file;
    this.#attempt?.records.flush(batch);
    const line = { ...event, timestamp: new Date().toISOString(), index: this.#options.stageIndex };
    batch.addText(`${JSON.stringify(line)}\n`);
    this.#file.flush();
  }

  /** What is written from now on belongs to this attempt; the sequence of its records starts at 1. */
  beginAttempt(attempt: { correlationId: string; attempt: number }): void {
    const { stageIndex, onTouched } = this.#options;
    this.#attempt = {
      records: new ChunkRecords({ ...attempt, stageIndex, onTouched }),
      bytes: { stdout: 0, stderr: 0 },
      tails: { stdout: new OutputTail(), stderr: new OutputTail() },
      combinedTail: new OutputTail(),
    };
  }

  /** @returns false when enough waits to be written: no more, please, until `onDrain` is called. */
  write(stream: OutputStream, chunk: Buffer): boolean {
    const attempt = this.#attempt;
    if (attempt === null) throw new Error('Output was written to a stage log outside of an attempt.');
    attempt.bytes[stream] += chunk.length;
    attempt.tails[stream].push(chunk);
    attempt.combinedTail.push(chunk);
    if (this.#file.failed) return true;
    attempt.records.add(stream, chunk, this.#file.batch);
    if (!this.#file.busy) this.#flush();
    this.#paused = this.#file.busy && this.#file.batch.length + attempt.records.held >= PAUSE_BYTES;
    return !this.#paused;
  }

  /** Resolves when everything that the attempt printed is written, a character that stayed incomplete included. */
  async endAttempt(): Promise<AttemptOutput> {
    const attempt = this.#attempt;
    if (attempt === null) throw new Error('A stage log was asked to end an attempt that has not begun.');
    this.#attempt = null;
    attempt.records.finish(this.#file.batch);
    await this.#file.settled();
    return {
      chunks: attempt.records.count,
      stdoutBytes: attempt.bytes.stdout,
      stderrBytes: attempt.bytes.stderr,
      stdoutTail: attempt.tails.stdout.text(),
      stderrTail: attempt.tails.stderr.text(),
      combinedTail: attempt.combinedTail.text(),
    };
  }

  /** Writes what is left and closes the file. */
  async close(): Promise<void> {
    this.#attempt?.records.finish(this.#file.batch);
    this.#attempt = null;
    await this.#file.close();
  }

  #flush(): void {
    this.#attempt?.records.flush(this.#file.batch);
    this.#file.flush();
    // What was gathered is in flight now, so there is room to gather again.
    this.#resume();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.onDrain?.();
  }
}

/** So much may wait for a write in flight, which has at most as much itself. */
const PAUSE_BYTES = 512 * 1024;

interface Attempt {
  records: ChunkRecords;
  bytes: Record<OutputStream, number>;
  tails: Record<OutputStream, OutputTail>;
  combinedTail: OutputTail;
}
