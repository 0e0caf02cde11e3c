import type { ProcessRequest } from '../processTiming.ts';

/** Something to run that every runner is given alike. */
export interface Task {
  id: string;
  /** Shell text. */
  command: string;
  /** Globs of what it reads and makes; absent when it has to run each time. */
  cache?: { inputs: string[]; outputs: string[] };
}

/** A program that runs tasks, ours or another, as its own documentation wants to be set up. */
export interface TaskRunner {
  name: string;
  /** Its configuration for tasks that do not depend on each other: contents by name of file. */
  files(tasks: readonly Task[]): Record<string, string>;
  /** How it is called in the folder with these files. */
  call(tasks: readonly Task[], root: string): Omit<ProcessRequest, 'signal' | 'cwd'>;
  /**
   * How many tasks it has not run because it knew their results; NaN when that cannot be told.
   *
   * @param output the end of what the call has printed
   */
  spared(output: string, root: string): Promise<number>;
}
