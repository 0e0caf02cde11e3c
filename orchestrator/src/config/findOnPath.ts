import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** Whether a program of this name would be found through `PATH`. Starts nothing. */
export function isOnPath(program: string, env: NodeJS.ProcessEnv): boolean {
  const names = process.platform === 'win32' ? windowsNames(program, env) : [program];
  const directories = (env['PATH'] ?? '').split(path.delimiter).filter((directory) => directory !== '');
  return directories.some((directory) => names.some((name) => isExecutable(path.join(directory, name))));
}

function windowsNames(program: string, env: NodeJS.ProcessEnv): string[] {
  return (env['PATHEXT'] ?? '.EXE;.CMD;.BAT').split(';').map((extension) => `${program}${extension}`);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Not there or not ours to run: both mean that the shell would look further.
    return false;
  }
}
