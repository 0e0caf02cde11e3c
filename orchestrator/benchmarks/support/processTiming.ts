import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { compareEnvironment } from './compareEnvironment.ts';

export interface ProcessRequest {
  file: string;
  args: readonly string[];
  cwd: string;
  /** On top of the environment that all compared processes have. */
  env?: Record<string, string>;
  /** Ends the process when aborted. */
  signal: AbortSignal;
  /** Kills the process, not its children, so long after its start unless it has ended by then. */
  killAfterMs?: number;
}

export interface ProcessResult {
  /** Wall time from before the spawn until the process has ended and its output is closed. */
  ms: number;
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The end of what it printed, both streams. */
  outputTail: string;
}

/**
 * Runs a whole process to its end. stdin is empty, stdout and stderr are pipes that are read.
 *
 * @throws the errno error of a process that cannot be started; the reason of the signal when it was aborted, after
 *   the process has ended.
 */
export async function runProcess(request: ProcessRequest): Promise<ProcessResult> {
  request.signal.throwIfAborted();
  const tail = new TextTail();
  const before = process.hrtime.bigint();
  const child = spawn(request.file, [...request.args], {
    cwd: request.cwd,
    env: { ...compareEnvironment(), ...request.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that an abort reaches every process of a shell pipeline.
    detached: true,
  });
  child.stdout.on('data', (chunk: Buffer) => tail.add(chunk));
  child.stderr.on('data', (chunk: Buffer) => tail.add(chunk));
  const stop = (): void => endGroup(child);
  request.signal.addEventListener('abort', stop, { once: true });
  const kill =
    request.killAfterMs === undefined
      ? undefined
      : setTimeout(() => child.kill('SIGKILL'), request.killAfterMs);
  try {
    const [code, signal] = await closed(child);
    const ms = Number(process.hrtime.bigint() - before) / 1e6;
    request.signal.throwIfAborted();
    return { ms, code, signal, outputTail: tail.text() };
  } finally {
    clearTimeout(kill);
    request.signal.removeEventListener('abort', stop);
  }
}

/**
 * Wall time of a whole process in ms.
 *
 * @throws Error with the end of its output, when it did not succeed; otherwise as {@link runProcess}.
 */
export async function timeProcess(request: ProcessRequest): Promise<number> {
  const result = await runProcess(request);
  if (result.code !== 0) throw new Error(`${describe(request)} ${outcome(result)}`);
  return result.ms;
}

/** How a process ended and what it printed last, for a message. */
export function outcome({ code, signal, outputTail }: ProcessResult): string {
  return `ended with ${signal ?? `exit code ${code}`}:\n${outputTail.trimEnd()}`;
}

function describe({ file, args }: ProcessRequest): string {
  return [file, ...args].join(' ');
}

function closed(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve([code, signal]));
  });
}

/** Longer than the orchestrator takes to end its stages. */
const GRACE_MS = 10_000;

function endGroup(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  const force = setTimeout(() => signalGroup(pid, 'SIGKILL'), GRACE_MS);
  child.once('close', () => clearTimeout(force));
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!isGone) throw error;
  }
}

const TAIL_BYTES = 4096;

/** Keeps the end of a text of any length. */
class TextTail {
  #bytes: Buffer = Buffer.alloc(0);

  add(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]).subarray(-TAIL_BYTES);
  }

  text(): string {
    return this.#bytes.toString();
  }
}
