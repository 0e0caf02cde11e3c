import type { OutputSink } from '../process/runCommand.ts';
import type { LoopProgress } from '../run/loopProgress.ts';
import type { ToolMetrics } from '../run/manifestTypes.ts';
import type { RunPaths, TaskEnvironment } from '../run/paths.ts';
import type { ProcessIdentity } from '../storage/processIdentity.ts';
import type { RunCancellation } from './cancellation.ts';

/** What a stage that runs in this process gets from its run. */
export interface BuiltinRequest {
  env: TaskEnvironment;
  paths: RunPaths;
  /** The environment that a shell of this stage would have. */
  stageEnv: NodeJS.ProcessEnv;
  /** Takes what it says, as the standard output of a process. */
  output: OutputSink;
  /** Also aborted, without a cause, when the evidence of the stage can no longer be written. */
  cancellation: RunCancellation;
  /** Ms between the polite end of a process tree and its kill. */
  graceMs: number;
  onProgress(progress: LoopProgress): void;
  /**
   * Puts a process on record that would outlive a killed orchestrator, so that a resumed run ends it first. Returns
   * the function that records its end.
   */
  recordProcess(name: string, identity: ProcessIdentity): () => void;
}

/** How it ended, in the terms of a process. */
export interface BuiltinOutcome {
  /** For a stage that failed also the exit code of the whole run. */
  exitCode: number;
  wasCancelled: boolean;
  /** Summary of the stage; further lines are for people too. */
  summary: string;
  /** What its tools cost, for the metrics of the run. */
  toolMetrics: ToolMetrics | null;
}

/** Does the work of a stage in this process. Rejects with errno errors when evidence cannot be written. */
export type Builtin = (request: BuiltinRequest) => Promise<BuiltinOutcome>;

/** Where each of them keeps its own evidence, relative to the run directory. */
export const BUILTIN_EVIDENCE: Record<keyof Builtins, string> = { rlm: 'rlm/state.json' };

/** The stages that run in this process, by the name in their `builtin`. */
export type Builtins = Record<'rlm', Builtin>;
