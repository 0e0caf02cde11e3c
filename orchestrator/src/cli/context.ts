import type { OutputStream } from './present/outputStream.ts';

/** What a command may use of the process it runs in. Tests hand in their own. */
export interface CliContext {
  /** Arguments after the program name. */
  argv: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Absolute path of the directory the user is in. */
  cwd: string;
  stdout: OutputStream;
  stderr: OutputStream;
  now(): Date;
}
