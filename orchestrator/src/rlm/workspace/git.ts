import { spawn } from 'node:child_process';
import { endWhenAborted } from './endWhenAborted.ts';
import { gitEnvironment } from './gitEnvironment.ts';

/** Calls git in one place, with one environment. */
export type Git = (args: readonly string[], options?: GitOptions) => Promise<GitResult>;

export interface GitOptions {
  /** Written to its standard input. Default: nothing. */
  input?: string | Uint8Array;
  /** Exit codes that are no error. Default: 0 alone. */
  accept?: readonly number[];
  /** Bytes of its output that are wanted: git is ended when there are more. Default: more than 64 MiB are an error. */
  limit?: number;
  /** On top of the environment that all calls have. */
  env?: Readonly<Record<string, string>>;
}

export interface GitResult {
  stdout: Buffer;
  exitCode: number;
  /** There was more output than was wanted. */
  isCut: boolean;
  /** The beginning of what it complained of; much of that is no reason to fail. */
  stderr: Buffer;
}

/** What all calls of a {@link Git} share. */
export interface GitSurroundings {
  /** On top of the environment. */
  own?: Readonly<Record<string, string>>;
  /** Aborted: calls under way are ended at once, later ones are not made. */
  signal?: AbortSignal | undefined;
}

/** git could not be started, was ended, or said no. The message is one line. */
export class GitError extends Error {
  /** null: there was no exit. */
  readonly exitCode: number | null;
  /** The program is not there. */
  readonly isMissing: boolean;
  /** Somebody cancelled: it says nothing about the repository. */
  readonly isCancelled: boolean;

  constructor(
    message: string,
    facts: { exitCode: number | null; isMissing?: boolean; isCancelled?: boolean },
  ) {
    super(message);
    this.name = 'GitError';
    this.exitCode = facts.exitCode;
    this.isMissing = facts.isMissing ?? false;
    this.isCancelled = facts.isCancelled ?? false;
  }
}

const LONGEST_OUTPUT = 64 * 1024 * 1024;
const LONGEST_COMPLAINT = 64 * 1024;

/**
 * What every call has: no hooks, no daemon, no paths in quotes, nothing that refuses a file because of its line
 * ends. A split index would put parts of our own index beside the user's.
 */
const SETTINGS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.splitIndex=false',
  'core.safecrlf=false',
  'core.quotePath=false',
  'advice.addEmbeddedRepo=false',
  'i18n.commitEncoding=UTF-8',
].flatMap((setting) => ['-c', setting]);

/**
 * A git that works in the folder `cwd`. Of the `GIT_…` variables in `env` only those that say where configuration is
 * are kept; a hook that started us would send git to another repository.
 *
 * A call rejects with {@link GitError}.
 */
export function createGit(
  cwd: string,
  env: NodeJS.ProcessEnv,
  { own = {}, signal }: GitSurroundings = {},
): Git {
  const base = { ...gitEnvironment(env), ...own };
  return (args, options = {}) => call(args, options, { cwd, env: { ...base, ...options.env }, signal });
}

function call(
  args: readonly string[],
  { input, accept = [0], limit }: GitOptions,
  { cwd, env, signal }: { cwd: string; env: NodeJS.ProcessEnv; signal: AbortSignal | undefined },
): Promise<GitResult> {
  const name = `git ${args[0] ?? ''}`;
  const cancelled = () => new GitError(`${name}: cancelled`, { exitCode: null, isCancelled: true });
  if (signal?.aborted === true) return Promise.reject(cancelled());
  return new Promise((resolve, reject) => {
    // In a session of its own, so that Ctrl-C on the terminal does not end it in the middle of its work.
    const child = spawn('git', [...SETTINGS, ...args], { cwd, env, detached: true, stdio: 'pipe' });
    const unwatch = endWhenAborted(child, signal);
    const stdout = collect(child.stdout, limit ?? LONGEST_OUTPUT, () => child.kill('SIGKILL'));
    // What it complains of beyond that is read and dropped: a full pipe would stop it.
    const stderr = collect(child.stderr, LONGEST_COMPLAINT, () => undefined);
    // A git that fails early does not read to the end; its exit code says more than EPIPE.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.once('error', (error: NodeJS.ErrnoException) => {
      unwatch();
      const isMissing = error.code === 'ENOENT';
      reject(new GitError(`${name}: cannot be started (${error.message})`, { exitCode: null, isMissing }));
    });
    child.once('close', (exitCode, killer) => {
      unwatch();
      const isCut = stdout.isCut();
      const result = { stdout: stdout.bytes(), stderr: stderr.bytes(), isCut };
      if (isCut && limit !== undefined) resolve({ ...result, exitCode: 0 });
      else if (exitCode !== null && accept.includes(exitCode) && !isCut) resolve({ ...result, exitCode });
      else if (signal?.aborted === true) reject(cancelled());
      else if (isCut) reject(new GitError(`${name}: it printed more than 64 MiB`, { exitCode }));
      else reject(new GitError(`${name}: ${complaint(result.stderr, exitCode, killer)}`, { exitCode }));
    });
  });
}

function collect(stream: NodeJS.ReadableStream, limit: number, onLimit: () => void) {
  const chunks: Buffer[] = [];
  let size = 0;
  let isCut = false;
  stream.on('data', (chunk: Buffer) => {
    if (isCut) return;
    const rest = limit - size;
    chunks.push(chunk.subarray(0, rest));
    size += Math.min(rest, chunk.length);
    if (chunk.length <= rest) return;
    isCut = true;
    onLimit();
  });
  return { bytes: () => Buffer.concat(chunks), isCut: () => isCut };
}

/** The first line that says what is wrong; warnings and hints come before and after it. */
function complaint(stderr: Buffer, exitCode: number | null, signal: NodeJS.Signals | null): string {
  const lines = stderr.toString().split('\n');
  const line = lines.find((each) => /^(?:fatal|error):/.test(each)) ?? lines[0] ?? '';
  if (line !== '') return line;
  return exitCode === null
    ? `it was ended by ${signal ?? 'a signal'}`
    : `it ended with exit code ${exitCode}`;
}
