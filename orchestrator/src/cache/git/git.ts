import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { FailureError } from '../../failure.ts';
import { errorMessage } from '../../storage/errorMessage.ts';

/** Where git finds its configuration and repositories; CI sets `safe.directory` through the counted ones. */
const KEPT =
  /^GIT_(?:CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|EXEC_PATH|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM)$/;

/** No repository takes that long; a file system that hangs does, and would take the whole run with it. */
const PATIENCE_MS = 60_000;

/**
 * Calls git in a folder and resolves with what it prints. A hook that started us would send git to another
 * repository, so variables that do are left out; it takes no locks and refreshes nothing.
 *
 * @param patienceMs how long git may take, ms
 * @throws FailureError when git says no, is not there, or does not answer.
 */
export async function git(
  cwd: string,
  args: readonly string[],
  patienceMs: number = PATIENCE_MS,
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', ['-c', 'core.fsmonitor=false', ...args], {
      cwd,
      env: environment(),
      maxBuffer: Number.POSITIVE_INFINITY,
      timeout: patienceMs,
      killSignal: 'SIGKILL',
    });
    return stdout;
  } catch (error) {
    if (error instanceof Error && 'killed' in error && error.killed === true) {
      const message = `git ${args.join(' ')} did not answer within ${patienceMs / 1_000} s`;
      throw new FailureError({ kind: 'git-failed', message });
    }
    const complaint = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new FailureError({ kind: 'git-failed', message: complaint.split('\n')[0] || errorMessage(error) });
  }
}

/** What of the environment decides which files git ignores, as one text. */
export function gitSurroundings(): string {
  const names = Object.keys(process.env).filter((name) => KEPT.test(name));
  return JSON.stringify(
    ['HOME', 'XDG_CONFIG_HOME', ...names.toSorted()].map((name) => [name, process.env[name] ?? null]),
  );
}

function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_') || KEPT.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' };
}
