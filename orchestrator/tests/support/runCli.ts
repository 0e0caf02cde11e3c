import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { inject } from 'vitest';
import { eventually } from './eventually.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The command line bundled by the global setup, or why there is none. */
    cliUnderTest: { path: string; problem: string };
  }
}

export interface CliOptions {
  cwd: string;
  /** On top of this process's environment; `undefined` removes a variable. */
  env?: Record<string, string | undefined>;
  /** Text on stdin. Without it stdin is empty. */
  input?: string;
  /** Milliseconds before the command line is killed and the test fails. Default 25 000, below a test's limit. */
  timeoutMs?: number;
}

export interface CliResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A command line that is still running. */
export interface RunningCli {
  pid: number;
  /** Sends a signal to the command line alone, as `kill` in a shell does. Default SIGTERM. */
  kill(signal?: NodeJS.Signals): void;
  /** Everything printed until now. */
  stdout(): string;
  stderr(): string;
  /** Resolves with stdout as soon as it contains `text` or matches it. */
  waitForStdout(text: string | RegExp): Promise<string>;
  waitForStderr(text: string | RegExp): Promise<string>;
  /** Resolves when it has ended and its output is complete; rejects when it outlives the deadline. */
  exited: Promise<CliResult>;
}

/** Where the command line under test lies. */
export function cliPath(): string {
  const cli = inject('cliUnderTest');
  if (cli.problem !== '') throw new Error(`There is no command line to test: ${cli.problem}`);
  return cli.path;
}

/** Runs the real command line to its end. */
export function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return startCli(args, options).exited;
}

/** Starts the real command line and hands it over while it runs. */
export function startCli(args: readonly string[], options: CliOptions): RunningCli {
  const child = spawn(process.execPath, [cliPath(), ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  // A command line that ends before it has read its input is the test's own affair.
  child.stdin?.on('error', () => {});
  child.stdin?.end(options.input);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const timeoutMs = options.timeoutMs ?? 25_000;
  const exited = untilClosed(child, args, timeoutMs, stdout, stderr);
  // A test that only waits for some text never looks at the result.
  exited.catch(() => {});
  return {
    pid: child.pid ?? 0,
    kill: (signal = 'SIGTERM') => void child.kill(signal),
    stdout,
    stderr,
    waitForStdout: (text) => waitFor(text, 'stdout', stdout, stderr, child, timeoutMs),
    waitForStderr: (text) => waitFor(text, 'stderr', stderr, stdout, child, timeoutMs),
    exited,
  };
}

function collect(stream: ChildProcess['stdout']): () => string {
  const chunks: Buffer[] = [];
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

function untilClosed(
  child: ChildProcess,
  args: readonly string[],
  timeoutMs: number,
  stdout: () => string,
  stderr: () => string,
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      const said = `stdout:\n${stdout()}\nstderr:\n${stderr()}`;
      reject(new Error(`codex-orchestrator ${args.join(' ')} still ran after ${timeoutMs} ms\n${said}`));
    }, timeoutMs);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout: stdout(), stderr: stderr() });
    });
  });
}

function waitFor(
  text: string | RegExp,
  name: string,
  read: () => string,
  readOther: () => string,
  child: ChildProcess,
  timeoutMs: number,
): Promise<string> {
  const isThere = (): boolean => (typeof text === 'string' ? read().includes(text) : text.test(read()));
  const probe = (): string | null => {
    if (isThere()) return read();
    const isOver = child.stdout?.readableEnded === true && child.stderr?.readableEnded === true;
    return isOver ? 'ended' : null;
  };
  return eventually(probe, { timeoutMs, what: `${String(text)} on ${name}` }).then((seen) => {
    if (isThere()) return seen;
    throw new Error(
      `It ended without ${String(text)} on ${name}:\n${read()}\nthe other stream:\n${readOther()}`,
    );
  });
}
