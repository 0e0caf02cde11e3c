import fs from 'node:fs';
import { BatchWriter } from '../../process/batchWriter.ts';
import type { OutputSink, OutputStream } from '../../process/outputSink.ts';
import { OutputTail } from '../../process/outputTail.ts';
import type { Counted } from '../../storage/fileActivity.ts';
import { repairTail } from '../../storage/repairTail.ts';
import { withPath } from '../../storage/withPath.ts';
import type { AgentRole } from '../types.ts';
import type { AgentAdapter } from './adapter.ts';
import { AgentRecords, type AgentRecordsOptions } from './agentRecords.ts';

export interface AgentLogOptions extends Counted {
  path: string;
  /** What the agent prints to standard output. */
  output: AgentAdapter['output'];
}

/** One process of the agent, as the log announces it. */
export interface LoggedCall extends Pick<AgentRecordsOptions, 'onLine'> {
  /** 1-based. */
  iteration: number;
  role: AgentRole;
  /** 1 for the first try. */
  attempt: number;
  /** The program and its arguments. */
  command: string[];
}

export interface LoggedExit {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** What brought it to its end. */
  ended: string;
  durationMs: number;
  /** Why it was not started, or could not be read to the end. */
  error?: string;
}

/** What one process of the agent printed. */
export interface CallOutput {
  stdoutBytes: number;
  stderrBytes: number;
  /** The last 64 KiB of each stream, as text. */
  stdoutTail: string;
  stderrTail: string;
}

/**
 * The log of the agent's part of one iteration, `agent-<n>.jsonl`: for every process of the agent a line `agent.call`,
 * everything that it printed (see {@link AgentRecords}), and a line `agent.exit`. Memory stays bounded: beyond
 * {@link PAUSE_BYTES} that wait to be written, `write` asks for a pause.
 *
 * When a write to the file fails, everything after it is dropped, `onError` is called, and `endCall` and `close`
 * reject with that error.
 */
export class AgentLog implements OutputSink {
  onDrain: (() => void) | null = null;
  /** Called once, with the first failure, possibly before `write` returns. */
  onError: ((error: NodeJS.ErrnoException) => void) | null = null;

  readonly #output: AgentAdapter['output'];
  readonly #file: BatchWriter;
  #call: OpenCall | null = null;
  #paused = false;

  /**
   * Opens the log for appending and repairs a line that a killed run left torn.
   *
   * @throws the errno error of the file system.
   */
  static open(options: AgentLogOptions): AgentLog {
    repairTail(options.path, options.activity);
    return new AgentLog(options, fs.openSync(options.path, 'a'));
  }

  private constructor({ path, output, activity }: AgentLogOptions, fd: number) {
    this.#output = output;
    this.#file = new BatchWriter(fd, { activity });
    this.#file.onLanded = () => {
      this.#file.flush();
      // What was gathered is in flight now, so there is room to gather again.
      this.#resume();
    };
    this.#file.onError = (error) => {
      withPath(error, path);
      this.onError?.(error);
      // Nobody may wait for room that never comes: from here on everything is taken and dropped.
      this.#resume();
    };
  }

  /** What is written from now on was printed by this process. */
  beginCall(call: LoggedCall): void {
    const { iteration, role, attempt, command, onLine } = call;
    this.#append({ type: 'agent.call', iteration, role, attempt, command, timestamp: now() });
    this.#call = {
      records: new AgentRecords({ output: this.#output, onLine }, this.#file.batch),
      bytes: { stdout: 0, stderr: 0 },
      tails: { stdout: new OutputTail(), stderr: new OutputTail() },
    };
  }

  /** @returns false when enough waits to be written: no more, please, until `onDrain` is called. */
  write(stream: OutputStream, chunk: Buffer): boolean {
    const call = this.#openCall();
    call.bytes[stream] += chunk.length;
    call.tails[stream].push(chunk);
    // Also after a failure, because of what the lines tell; the writer drops them.
    call.records.add(stream, chunk, this.#file.batch);
    this.#file.flush();
    this.#paused = this.#file.busy && this.#file.batch.length >= PAUSE_BYTES;
    return !this.#paused;
  }

  /** Resolves when everything that the process printed is written, and how it ended. */
  async endCall(exit: LoggedExit): Promise<CallOutput> {
    const call = this.#openCall();
    call.records.finish(this.#file.batch);
    this.#call = null;
    const { exitCode, signal, ended, durationMs, error } = exit;
    this.#append({
      type: 'agent.exit',
      exit_code: exitCode,
      signal,
      ended,
      duration_ms: durationMs,
      ...(error !== undefined && { error }),
      timestamp: now(),
    });
    await this.#file.settled();
    return {
      stdoutBytes: call.bytes.stdout,
      stderrBytes: call.bytes.stderr,
      stdoutTail: call.tails.stdout.text(),
      stderrTail: call.tails.stderr.text(),
    };
  }

  /** Writes what is left and closes the file. */
  async close(): Promise<void> {
    this.#call?.records.finish(this.#file.batch);
    this.#call = null;
    await this.#file.close();
  }

  #append(line: Record<string, unknown>): void {
    this.#file.batch.addText(`${JSON.stringify(line)}\n`);
    this.#file.flush();
  }

  #openCall(): OpenCall {
    if (this.#call === null) throw new Error('The log of an agent was used outside of a call.');
    return this.#call;
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.onDrain?.();
  }
}

interface OpenCall {
  records: AgentRecords;
  bytes: Record<OutputStream, number>;
  tails: Record<OutputStream, OutputTail>;
}

const now = (): string => new Date().toISOString();

/** So much may wait for a write in flight, which has at most as much itself. */
const PAUSE_BYTES = 512 * 1024;
