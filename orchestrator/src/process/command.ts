import type { ProcessIdentity } from '../storage/processIdentity.ts';
import type { OutputSink } from './outputSink.ts';
import type { SpawnFailure } from './spawnFailure.ts';

/** Text for the shell, or a program with its arguments and no shell in between. */
export type Command = string | { file: string; args: string[] };

/** How a command is asked to stop. */
export interface Cancellation {
  /** Aborted: end the whole process tree politely. Its reason is the first cause. */
  signal: AbortSignal;
  /** Aborted: do not wait for the grace to pass. */
  force: AbortSignal;
}

/** What to run, and how. */
export interface CommandRequest {
  command: Command;
  cwd: string;
  /** The whole environment; nothing is added but what `leavesNothing` needs. */
  env: NodeJS.ProcessEnv;
  /**
   * Descriptor of an open file that the command reads as its standard input. It stays the caller's to close, at any
   * time after the start. Default: nothing to read.
   */
  stdin?: number;
  output: OutputSink;
  cancellation: Cancellation;
  /** Time between the polite signal and SIGKILL, in milliseconds. */
  graceMs: number;
  /** End the command after so many milliseconds. Default: never. */
  timeoutMs?: number;
  /** How long background processes may hold the output open after the command has exited. Default 1000 ms. */
  pipeGraceMs?: number;
  /**
   * What the command has started ends with it: once its process has exited, what is left of its group, and what has
   * left the group as far as it can be found, is ended as by a cancellation before the outcome is told. It is found by
   * an id in its environment, which is added for that. Default false: background processes are left alone.
   */
  leavesNothing?: boolean;
  /**
   * The command begins only when `onSpawn` has returned: were we killed before that, it never begins. Costs one more
   * start of a shell. Default false.
   */
  gated?: boolean;
  /** Called as soon as the process exists. */
  onSpawn?(process: ProcessIdentity): void;
}

/** How a command ended. */
export interface CommandOutcome {
  pid: number | null;
  /** null after a signal, and when nothing was started. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** From the start to the exit of the process; a wait for held pipes is not part of it. */
  durationMs: number;
  /** The first cause of the end. `cancelled` with pid null: cancelled before the start. */
  ended: 'exited' | 'timed-out' | 'cancelled' | 'not-started';
  /** Why it was not started, or why its output could not be read to the end. */
  error: SpawnFailure | null;
  /** A background process still held the output when we stopped listening; it was left alone. */
  pipesHeld: boolean;
}
