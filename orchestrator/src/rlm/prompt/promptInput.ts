import type { IterationRecord } from '../loop/loopState.ts';
import type { AgentRole } from '../types.ts';
import type { ValidatorFeedback } from '../validator/feedback.ts';
import type { WorkspaceChanges } from '../workspace/workspace.ts';

/** Everything that one prompt tells. */
export interface PromptInput {
  /** Name of the folder of the repository. */
  repository: string;
  /** Of any length; passed on whole. */
  goal: string;
  /** 1-based. */
  iteration: number;
  /** 0: unbounded. */
  maxIterations: number;
  role: AgentRole;
  /** Shell text; null when there is none. */
  validator: string | null;
  /** All that changed since the loop began, committed or not; null when that is not known. */
  sinceStart: WorkspaceChanges | null;
  /** All earlier iterations, oldest first. */
  history: readonly PastIteration[];
  /** Of the validator's last run; null when it has not run or has passed. */
  feedback: ValidatorFeedback | null;
  budget: PromptBudget;
  notices: readonly PromptNotice[];
  /** What the calls before this one in the same iteration said. */
  earlier: { plan?: string; critique?: string };
  subagents: boolean;
}

/** What a prompt tells of an earlier iteration. */
export type PastIteration = Pick<
  IterationRecord,
  'n' | 'summary' | 'next' | 'validatorExitCode' | 'diffSummary' | 'agentEnded'
>;

/** What is left of each limit; null: there is no such limit. */
export interface PromptBudget {
  /** This iteration included. */
  iterationsLeft: number | null;
  minutesLeft: number | null;
  /** Then it is stopped. */
  iterationMinutes: number | null;
  tokensLeft: number | null;
}

/** Something out of the ordinary that the agent should know. */
export type PromptNotice =
  /** The last iterations ended with the same files and the same failure. */
  | { kind: 'no-progress' }
  /** They took turns between two states. */
  | { kind: 'oscillation' }
  /** Files under protection are not as they were: the loop cannot succeed like this. */
  | { kind: 'protected-changed'; files: readonly string[] }
  /** Files on which the validator depends are not as they were. */
  | { kind: 'validator-changed'; files: readonly string[] }
  /** The agent of the last iteration was stopped at a limit. */
  | { kind: 'agent-cut'; by: 'time' | 'tokens' }
  /** The loop was interrupted and goes on now. */
  | { kind: 'resumed' };
