import { main } from '../../src/cli/main.ts';
import { fakeTerminal, type FakeTerminal } from './present/fakeTerminal.ts';
import { memoryStream } from './present/memoryStream.ts';

/** A command line that works on a terminal, inside the test process. */
export interface TerminalRun {
  terminal: FakeTerminal;
  stderr: () => string;
  /** Its exit code. */
  exited: Promise<number>;
}

export function runOnTerminal(
  argv: readonly string[],
  facts: { cwd: string; columns?: number; rows?: number; now?: () => Date },
): TerminalRun {
  const { cwd, columns = 120, rows = 40, now = () => new Date() } = facts;
  const terminal = fakeTerminal({ columns, rows });
  const stderr = memoryStream();
  const exited = main({ argv, env: { NO_COLOR: '1' }, cwd, stdout: terminal, stderr, now });
  return { terminal, stderr: stderr.text, exited };
}
