import { main } from '../../src/cli/main.ts';
import { memoryStream } from './present/memoryStream.ts';

export interface MainResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command line inside the test process, with nothing of that process's environment. */
export async function runMain(
  argv: readonly string[],
  facts: { cwd?: string; env?: NodeJS.ProcessEnv; now?: Date } = {},
): Promise<MainResult> {
  const stdout = memoryStream();
  const stderr = memoryStream();
  const code = await main({
    argv,
    env: { PATH: process.env['PATH'], ...facts.env },
    cwd: facts.cwd ?? '/',
    stdout,
    stderr,
    now: () => facts.now ?? new Date('2026-11-22T12:46:41.046Z'),
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}
