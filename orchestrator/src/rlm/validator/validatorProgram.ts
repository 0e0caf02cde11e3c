import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** A program that a validator needs and that cannot be run now. */
export interface MissingProgram {
  program: string;
  /** It would lie in the repository: the agent may well be asked to make it. */
  mayAppear: boolean;
}

/**
 * Finds out, without running it, whether the program of a validator is missing. Looks only at text that is one simple
 * command whose first word is plain; in doubt nothing is missing. Null: nothing speaks against it.
 *
 * @param command shell text
 * @param repoRoot absolute; where it will run
 * @param env with which it will run
 */
export async function missingProgram(
  command: string,
  repoRoot: string,
  env: NodeJS.ProcessEnv,
): Promise<MissingProgram | null> {
  const program = FIRST_WORD.exec(command)?.[1];
  if (program === undefined || COMPOUND.test(command.trim())) return null;
  if (program.includes('/')) {
    const file = path.resolve(repoRoot, program);
    return isProgram(file) ? null : { program, mayAppear: isInside(repoRoot, file) };
  }
  if (await isKnownToShell(program, repoRoot, env)) return null;
  const folders = (env['PATH'] ?? '').split(path.delimiter);
  return { program, mayAppear: folders.some((folder) => isInside(repoRoot, path.resolve(repoRoot, folder))) };
}

/** No quotes, expansions, assignments or options: what is looked for is what is written. */
const FIRST_WORD = /^\s*([\w@%+:,./][\w@%+:,./-]*)(?=\s|$)/;
/** Other commands before or after it may make up for a missing one. */
const COMPOUND = /[;&|()`\n]/;

/** By these a shell says that there is no such command; dash says the first, bash the second. */
const UNKNOWN_COMMAND = [127, 1];

/** As a builtin, a keyword or a program on PATH. Also true when the shell cannot be asked. */
function isKnownToShell(name: string, cwd: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = execFile('/bin/sh', ['-c', 'command -v "$1"', 'sh', name], { cwd, env });
    asked.once('error', () => resolve(true));
    asked.once('exit', (code) => resolve(code === null || !UNKNOWN_COMMAND.includes(code)));
  });
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}
