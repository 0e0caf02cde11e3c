import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { errorCode } from '../storage/errorCode.ts';
import { identifyProcess, type ProcessIdentity } from '../storage/processIdentity.ts';
import type { CommandOutcome, CommandRequest } from './command.ts';
import { terminateTree } from './terminateTree.ts';

/** A child with its output piped to us. */
export type PipedChild = ChildProcessByStdio<null, Readable, Readable>;

/** How long background processes may hold the output open after their command has exited. */
export const PIPE_GRACE_MS = 1000;

/**
 * Sees a started command through to its end: passes its output on with back-pressure, ends its tree on timeout or
 * cancellation, and leaves no timer, listener or open handle behind. See `runCommand` for when it resolves.
 *
 * @param startedAt as `performance.now()` told it just before the start.
 * @param mark of its environment; null: what it leaves behind is left alone.
 */
export function superviseCommand(
  child: PipedChild,
  startedAt: number,
  request: CommandRequest,
  mark: string | null,
): Promise<CommandOutcome> {
  return new Supervision(child, startedAt, request, mark).outcome();
}

/** Node turns a longer timer into one of 1 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** More than two pipes can hold: once so much was read after the exit, all that the command itself printed was read. */
const PIPE_CAPACITY = 1024 * 1024;

class Supervision {
  readonly #child: PipedChild;
  readonly #request: CommandRequest;
  readonly #startedAt: number;
  readonly #identity: ProcessIdentity;
  readonly #mark: string | null;

  #ended: 'exited' | 'timed-out' | 'cancelled' = 'exited';
  #exit: { code: number | null; signal: NodeJS.Signals | null; durationMs: number } | null = null;
  #readError: CommandOutcome['error'] = null;
  #terminating = false;
  #closed = false;
  #paused = false;
  #bytesSinceExit = 0;
  #settle: { resolve: (outcome: CommandOutcome) => void; reject: (error: unknown) => void } | undefined;
  #timeout: NodeJS.Timeout | undefined;
  #pipeGrace: NodeJS.Timeout | undefined;
  readonly #onAbort = (): void => void this.#stop('cancelled');

  constructor(child: PipedChild, startedAt: number, request: CommandRequest, mark: string | null) {
    this.#child = child;
    this.#startedAt = startedAt;
    this.#request = request;
    this.#mark = mark;
    // Known to exist: even if it has ended already, it is not reaped before the event loop turns.
    this.#identity = identifyProcess(child.pid ?? 0);
  }

  outcome(): Promise<CommandOutcome> {
    const { cancellation, timeoutMs } = this.#request;
    this.#listen();
    cancellation.signal.addEventListener('abort', this.#onAbort);
    if (timeoutMs !== undefined) {
      this.#timeout = setTimeout(() => void this.#stop('timed-out'), Math.min(timeoutMs, LONGEST_TIMER_MS));
    }
    this.#request.onSpawn?.(this.#identity);
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  #listen(): void {
    const { output } = this.#request;
    for (const stream of ['stdout', 'stderr'] as const) {
      this.#child[stream].on('data', (chunk: Buffer) => {
        if (this.#exit !== null) this.#bytesSinceExit += chunk.length;
        if (!output.write(stream, chunk)) this.#pause();
      });
      // By itself it would end its writing side first, which nobody uses, in several turns of the event loop.
      this.#child[stream].once('end', () => this.#child[stream].destroy());
      this.#child[stream].on('error', (error) => {
        this.#readError ??= {
          code: errorCode(error),
          message: `${stream} could not be read: ${error.message}`,
        };
      });
    }
    output.onDrain = () => this.#resume();
    this.#child.once('exit', (code, signal) => this.#exited(code, signal));
    this.#child.once('close', () => {
      this.#closed = true;
      this.#finishIfOver();
    });
  }

  #pause(): void {
    this.#paused = true;
    this.#child.stdout.pause();
    this.#child.stderr.pause();
  }

  #resume(): void {
    this.#paused = false;
    this.#child.stdout.resume();
    this.#child.stderr.resume();
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    this.#exit = { code, signal, durationMs: this.#elapsed() };
    clearTimeout(this.#timeout);
    if (this.#terminating) return;
    if (this.#mark === null) this.#awaitPipes();
    else void this.#endTree();
  }

  /** The first cause wins: whoever comes later finds the termination going on, or the process gone. */
  async #stop(cause: 'timed-out' | 'cancelled'): Promise<void> {
    if (this.#terminating) return;
    if (this.#exit === null) this.#ended = cause;
    await this.#endTree();
  }

  async #endTree(): Promise<void> {
    this.#terminating = true;
    clearTimeout(this.#timeout);
    clearTimeout(this.#pipeGrace);
    const { graceMs, cancellation } = this.#request;
    try {
      const rootExited = this.#exit !== null;
      const mark = this.#mark;
      await terminateTree(this.#identity, { graceMs, force: cancellation.force, rootExited, mark });
    } catch (error) {
      this.#letGo();
      this.#settle?.reject(error);
      return;
    }
    this.#terminating = false;
    if (!this.#finishIfOver()) this.#awaitPipes();
  }

  /** From here on only the output can still be open, or (after SIGKILL) a process that does not die yet. */
  #awaitPipes(): void {
    clearTimeout(this.#pipeGrace);
    this.#pipeGrace = setTimeout(() => {
      // A loop that was blocked runs timers before it reads: what already lies in the pipes must come first.
      setImmediate(() => this.#pipeGraceOver());
    }, this.#request.pipeGraceMs ?? PIPE_GRACE_MS);
  }

  #pipeGraceOver(): void {
    if (this.#terminating || this.#closed) return;
    // What the command printed before it exited must not be lost to a slow disk.
    if (this.#paused && this.#bytesSinceExit < PIPE_CAPACITY) this.#awaitPipes();
    else this.#finish(true);
  }

  #finishIfOver(): boolean {
    if (!this.#closed || this.#terminating) return false;
    this.#finish(false);
    return true;
  }

  #finish(pipesHeld: boolean): void {
    this.#letGo();
    const exit = this.#exit ?? { code: null, signal: null, durationMs: this.#elapsed() };
    this.#settle?.resolve({
      pid: this.#identity.pid,
      exitCode: exit.code,
      signal: exit.signal,
      durationMs: exit.durationMs,
      ended: this.#ended,
      error: this.#readError,
      pipesHeld,
    });
  }

  #letGo(): void {
    clearTimeout(this.#timeout);
    clearTimeout(this.#pipeGrace);
    this.#request.cancellation.signal.removeEventListener('abort', this.#onAbort);
    this.#request.output.onDrain = null;
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.removeAllListeners('data');
      stream.destroy();
    }
    this.#child.unref();
  }

  #elapsed(): number {
    return Math.round(performance.now() - this.#startedAt);
  }
}
