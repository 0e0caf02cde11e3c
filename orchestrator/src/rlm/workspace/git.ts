import { spawn } from 'node:child_process';
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
}

/** git could not be started, was ended, or said no. The message is one line. */
export class GitError extends Error {
  /** null: there was no exit. */
  readonly exitCode: number | null;
  /** The program is not there. */
  readonly isMissing: boolean;

  constructor(message: string, facts: { exitCode: number | null; isMissing?: boolean }) {
    super(message);
    this.name = 'GitError';
    this.exitCode = facts.exitCode;
    this.isMissing = facts.isMissing ?? false;
  }
}

const LONGEST_OUTPUT = 64 * 1024 * 1024;
const LONGEST_COMPLAINT = 4096;

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
  'i18n.commitEncoding=UTF-8',
].flatMap((setting) => ['-c', setting]);

/**
 * A git that works in the folder `cwd`. Of the `GIT_…` variables in `env` only those that say where configuration is
 * are kept; a hook that started us would send git to another repository. `own` is put on top of it.
 *
 * A call rejects with {@link GitError}.
 */
export function createGit(
  cwd: string,
  env: NodeJS.ProcessEnv,
  own: Readonly<Record<string, string>> = {},
): Git {
  const base = { ...gitEnvironment(env), ...own };
  return (args, options = {}) => call(args, options, cwd, { ...base, ...options.env });
}

function call(
  args: readonly string[],
  { input, accept = [0], limit }: GitOptions,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<GitResult> {
  const name = `git ${args[0] ?? ''}`;
  return new Promise((resolve, reject) => {
    // In a session of its own, so that Ctrl-C on the terminal does not end it in the middle of its work.
    const child = spawn('git', [...SETTINGS, ...args], { cwd, env, detached: true, stdio: 'pipe' });
    const stdout = collect(child.stdout, limit ?? LONGEST_OUTPUT, () => child.kill('SIGKILL'));
    // What it complains of beyond that is read and dropped: a full pipe would stop it.
    const stderr = collect(child.stderr, LONGEST_COMPLAINT, () => undefined);
    // A git that fails early does not read to the end; its exit code says more than EPIPE.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.once('error', (error: NodeJS.ErrnoException) => {
      const isMissing = error.code === 'ENOENT';
      reject(new GitError(`${name}: cannot be started (${error.message})`, { exitCode: null, isMissing }));
    });
    child.once('close', (exitCode, signal) => {
      const isCut = stdout.isCut();
      if (isCut && limit !== undefined) resolve({ stdout: stdout.bytes(), exitCode: 0, isCut });
      else if (isCut) reject(new GitError(`${name}: it printed more than 64 MiB`, { exitCode }));
      else if (exitCode !== null && accept.includes(exitCode)) {
        resolve({ stdout: stdout.bytes(), exitCode, isCut });
      } else reject(new GitError(`${name}: ${complaint(stderr.bytes(), exitCode, signal)}`, { exitCode }));
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
