import fs from 'node:fs';
import { errorCode } from '../storage/errorCode.ts';

/** Why a command could not be started. */
export interface SpawnFailure {
  /** `cwd-missing`, `cwd-not-a-directory`, `cwd-not-accessible`, `command-not-found`, else the errno code. */
  code: string;
  message: string;
}

/**
 * Explains what `spawn` reports. The system calls it ENOENT or EACCES of the program also when the working directory
 * is to blame, so that is looked at first.
 */
export function explainSpawnFailure(thrown: unknown, file: string, cwd: string): SpawnFailure {
  const code = errorCode(thrown);
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') {
    const blamed = explainDirectory(cwd);
    if (blamed !== null) return blamed;
  }
  if (code === 'ENOENT') return { code: 'command-not-found', message: `command not found: ${file}` };
  if (code === 'EACCES') return { code, message: `not executable: ${file}` };
  if (code === 'E2BIG')
    return { code, message: 'the command and its environment are too long for the system' };
  return {
    code: code === '' ? 'unknown' : code,
    message: thrown instanceof Error ? thrown.message : String(thrown),
  };
}

function explainDirectory(cwd: string): SpawnFailure | null {
  try {
    if (!fs.statSync(cwd).isDirectory()) {
      return { code: 'cwd-not-a-directory', message: `the working directory is not a directory: ${cwd}` };
    }
    fs.accessSync(cwd, fs.constants.X_OK);
    return null;
  } catch (error) {
    switch (errorCode(error)) {
      case 'ENOENT':
        return { code: 'cwd-missing', message: `the working directory does not exist: ${cwd}` };
      case 'ENOTDIR':
        return { code: 'cwd-not-a-directory', message: `the working directory is not a directory: ${cwd}` };
      default:
        return { code: 'cwd-not-accessible', message: `the working directory cannot be entered: ${cwd}` };
    }
  }
}
