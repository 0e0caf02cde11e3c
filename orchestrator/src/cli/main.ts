import type { CliContext } from './context.ts';
import { EXIT } from './exitCodes.ts';
import { errnoText } from './present/errnoText.ts';
import { runProgram } from './program.ts';
import { reportError } from './reportError.ts';

/** Runs one command line to its end and resolves with its exit code. Never throws. */
export async function main(context: CliContext): Promise<number> {
  try {
    return await runProgram(context);
  } catch (error) {
    return reportError(error, context);
  }
}

/** Runs the command line of this process. Sets the exit code and leaves, so that output drains. */
export async function runProcess(): Promise<void> {
  const context: CliContext = {
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => new Date(),
  };
  survivePoorOutput(context);
  process.on('uncaughtException', (error) => {
    // A bug outside every promise: the state is unknown and something may keep the process alive for ever.
    process.exit(reportError(error, context));
  });
  process.exitCode = await main(context);
}

/**
 * A run outlives its audience: output that cannot be written is dropped, the evidence is completed all the same. A
 * reader that went away (`| head`) is no error; anything else is one, in the end.
 */
function survivePoorOutput({ stderr }: CliContext): void {
  // Nobody is left to be told that stderr is gone.
  process.stderr.on('error', () => undefined);
  let trouble: string | null = null;
  process.stdout.on('error', ({ code = 'EIO' }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') trouble ??= errnoText({ code, action: 'write to', path: 'standard output' });
  });
  // The error of the last write comes after everything else is done.
  process.on('exit', (exitCode) => {
    if (trouble === null) return;
    stderr.write(`error: ${trouble.split('\n')[0]}\n`);
    if (exitCode === EXIT.ok) process.exitCode = EXIT.cannotWrite;
  });
}
