import type { OutputSink } from '../../process/runCommand.ts';
import type { LoopProgress } from '../../run/loopProgress.ts';
import type { ToolMetrics } from '../../run/manifestTypes.ts';
import type { ProcessIdentity } from '../../storage/processIdentity.ts';
import type { AgentAdapter } from '../agents/adapter.ts';
import type { LoopInputs } from '../options/rawOptions.ts';
import type { LoopOptions } from '../types.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Budget } from './budget.ts';
import type { LoopPaths } from './loopPaths.ts';
import type { ProgressFeed } from './progressFeed.ts';
import type { Protection } from './protection.ts';
import type { Counted } from '../../storage/fileActivity.ts';
import type { StateStore } from './stateStore.ts';

/** What a loop needs from whoever runs it. */
export interface LoopRequest extends Counted {
  inputs: LoopInputs;
  /** Absolute path of the repository. */
  repoRoot: string;
  runId: string;
  /** Absolute path of the run directory. */
  runDir: string;
  /** Absolute paths of our own files and folders; they are no part of the workspace. */
  evidence: string[];
  /** The form of an absolute path in documents. */
  artifactPath(absolute: string): string;
  /** Environment of the agent and of the validator. */
  env: NodeJS.ProcessEnv;
  /** Takes what the loop says, as text. */
  output: OutputSink;
  cancellation: LoopCancellation;
  /** Ms between the polite end of a process tree and its kill. */
  graceMs: number;
  onProgress(progress: LoopProgress): void;
  /** Puts a process on record; returns the function that records its end. */
  recordProcess(name: string, identity: ProcessIdentity): () => void;
}

export interface LoopCancellation {
  signal: AbortSignal;
  force: AbortSignal;
  /** Who asked: a signal's name or `cancel`; null while nobody has. */
  readonly cause: string | null;
}

/** How a loop ended, in the terms of a stage. */
export interface LoopOutcome {
  exitCode: number;
  wasCancelled: boolean;
  /** One sentence, then warnings, one a line. */
  summary: string;
  toolMetrics: ToolMetrics | null;
}

/** Everything that the iterations of an open loop work with. */
export interface LoopContext {
  request: LoopRequest;
  options: LoopOptions;
  /** Shell text; null: none. */
  validator: string | null;
  paths: LoopPaths;
  store: StateStore;
  budget: Budget;
  workspace: Workspace;
  protection: Protection;
  adapter: AgentAdapter;
  feed: ProgressFeed;
  /** Goes on with what an earlier attempt of the run began. */
  resumed: boolean;
}
