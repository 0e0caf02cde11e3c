import type { RawLoopOptions } from '../options/rawOptions.ts';
import type { ValidatorFeedback } from '../validator/feedback.ts';
import type { AgentKind, AgentRole, FinalStatus, Roles, TokenUsage } from '../types.ts';

/**
 * The document of `rlm/state.json` (RLM contract, section 7). The first eight fields are the contract's, the others
 * are ours; all of it is written before the first call of the agent.
 */
export interface LoopState {
  goal: string;
  /** Command; `none` once the loop has started without one; null when it ended before. */
  validator: string | null;
  roles: Roles;
  /** 0: unbounded. */
  maxIterations: number;
  maxMinutes: number | null;
  iterations: IterationRecord[];
  /** Absent while the loop is running. */
  final?: LoopFinal;

  iterationMinutes: number | null;
  maxTokens: number | null;
  agent: { kind: AgentKind; command: string | null; args: string[] };
  protect: string[];
  /** What the command line gave at the start, but for the goal. Counts until the first snapshot is taken. */
  given: GivenFlags;
  phase: 'starting' | 'agent' | 'validator' | 'between' | 'ended';
  /** The process that works or worked on it. */
  pid: number;
  startedAt: string;
  updatedAt: string;
  /** Time used by the loop, ms, over all attempts of the run. */
  elapsedMs: number;
  /** Of all iterations and the one in progress. */
  totals: LoopTotals;
  /** Snapshot of the workspace before the first iteration; null until it is taken. */
  baseSnapshot: string | null;
  /** Content hashes of what the validator's command names, before the first iteration and after the last part of the agent. */
  validatorFiles: { first: Record<string, string>; last: Record<string, string> };
  /** Those of them that are not as they were before the first iteration. */
  validatorFilesChanged: string[];
  /** Files under protection that are not as they were before the first iteration; of more than 100 the first. */
  protectedFilesChanged: string[];
  /** What the validator said last; null before it ran. */
  lastFeedback: ValidatorFeedback | null;
  /** Null between iterations. */
  inProgress: IterationInProgress | null;
}

/** Flags for a loop, unjudged. */
export type GivenFlags = Omit<RawLoopOptions, 'goal' | 'goalProblem'>;

export interface LoopFinal {
  status: FinalStatus;
  exitCode: number;
  /** For people: what happened, in one sentence. */
  reason: string;
}

export interface LoopTotals extends TokenUsage {
  costUsd: number;
  toolCalls: number;
  agentMs: number;
  validatorMs: number;
  /** Processes of the agent that were started, retries included. */
  agentCalls: number;
}

/** An iteration that is over. The first six fields are the contract's. */
export interface IterationRecord {
  /** 1-based. */
  n: number;
  startedAt: string;
  /** From the agent's last `Summary:` line. */
  summary: string | null;
  /** null: it did not run. A signal, a timeout and anything unknown count as 1. */
  validatorExitCode: number | null;
  /** Repository-relative. */
  validatorLogPath: string | null;
  /** What the agent changed in this iteration. */
  diffSummary: string;

  completedAt: string;
  /** From the agent's last `Next:` line. */
  next: string | null;
  /** Repository-relative. */
  agentLogPath: string;
  /** How the agent's part ended. */
  agentEnded: 'exited' | 'timed-out' | 'out-of-tokens';
  calls: CallRecord[];
  validatorMs: number | null;
  /** Name of the checkpoint taken before the iteration; null outside git. */
  checkpoint: string | null;
  /** Snapshots of the workspace before and after the agent's part. */
  before: string;
  after: string;
  /** Tells states of the files apart, repositories inside the work tree included. */
  stateAfter: string;
  /** Files on which the validator depends that changed in this iteration. */
  validatorFilesChanged: string[];
  /** Tells two failures of the validator apart; null when it passed or did not run. */
  failureSignature: string | null;
}

/** One call of the agent: one for roles `single`, three for `triad`. */
export interface CallRecord extends TokenUsage {
  role: AgentRole;
  threadId: string | null;
  /** Processes started for it, retries included. */
  attempts: number;
  exitCode: number | null;
  durationMs: number;
  toolCalls: number;
  costUsd: number;
  /** What it said last; kept only while its iteration is in progress and later calls need it. */
  message?: string;
}

export interface IterationInProgress {
  n: number;
  startedAt: string;
  checkpoint: string | null;
  before: string;
  /** Calls that are done: on resume they are not made again. */
  calls: CallRecord[];
  /** Set once the agent's part is over. */
  agentEnded: IterationRecord['agentEnded'] | null;
  /** So many processes at the beginning of the agent's log are in the totals already. */
  processesCounted: number;
}
