import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { Writable } from 'node:stream';
import { errorCode } from '../storage/errorCode.ts';

/** A program behind a gate: a shell that becomes the program once it is told so, and ends if nobody is left to tell. */
export interface GatedCommand {
  file: string;
  args: string[];
}

/** Descriptor on which the shell waits for its line. */
const GATE = 3;

/** `read` fails when the other side is gone before it has said anything. */
const SCRIPT = `read -r _ <&${GATE} || exit 125; exec "$0" "$@" ${GATE}<&-`;

/**
 * Puts a gate before a program, so that nothing of it runs before its process is on record. The process stays the
 * same, and so do its group and its start.
 *
 * @throws ENOENT or EACCES, as a start without a gate would.
 */
export function gatedCommand(
  file: string,
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): GatedCommand {
  return { file: '/bin/sh', args: ['-c', SCRIPT, findProgram(file, cwd, env), ...args] };
}

/** Lets a gated program begin. */
export function openGate(child: ChildProcess): void {
  const gate = child.stdio[GATE];
  if (!(gate instanceof Writable)) throw new Error('A command without a gate was to be let begin.');
  // It was killed in this moment; how it ended is told by its exit.
  gate.on('error', () => {});
  gate.end('\n');
}

/** As `execvp` does: an empty entry of PATH stands for the working directory; a file that may not be run is told last. */
function findProgram(file: string, cwd: string, env: NodeJS.ProcessEnv): string {
  const folders = file.includes('/') ? ['.'] : (env['PATH'] ?? '/usr/bin:/bin').split(path.delimiter);
  let refusal: unknown = Object.assign(new Error(`ENOENT: ${file}`), { code: 'ENOENT' });
  for (const folder of folders) {
    const program = path.resolve(cwd, folder, file);
    try {
      accessSync(program, constants.X_OK);
      if (statSync(program).isFile()) return program;
    } catch (error) {
      if (errorCode(error) === 'EACCES') refusal = error;
    }
  }
  throw refusal;
}
