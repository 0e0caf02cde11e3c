/** How a loop stands, for whoever watches it. Told as a whole with every change; never persisted. */
export interface LoopProgress {
  goal: string;
  /** Name of the agent, as `codex`. */
  agent: string;
  /** Command of the validator; null when there is none. */
  validator: string | null;
  /** 1-based; 0 before the first. */
  iteration: number;
  phase: LoopPhase;
  /** Which of the agent's calls this is; null when there is one per iteration. */
  role: string | null;
  /** 0: unbounded. */
  maxIterations: number;
  /** Time used, ms, that of earlier attempts of the run included. */
  elapsedMs: number;
  /** null: no limit. */
  maxMs: number | null;
  tokens: number;
  /** null: no limit. */
  maxTokens: number | null;
  /** What the agent does at the moment, one line of foreign text; null when it does not say. */
  action: string | null;
  /** The last time the validator ran. */
  lastResult: { iteration: number; exitCode: number; text: string } | null;
  /** null while it has not ended. */
  ending: LoopEnding | null;
}

/** How a loop ended, and where to look for the reason. */
export interface LoopEnding {
  /** The word that stands in its state, as `max_iterations`. */
  status: string;
  /** What the validator printed when it ran last, repository-relative; null: it did not run. */
  validatorLog: string | null;
  /** What the agent printed, for a loop that ended because the agent failed; null for any other. */
  agentLog: string | null;
}

/** `waiting`: until a failed call of the agent is tried again. */
export type LoopPhase = 'starting' | 'agent' | 'waiting' | 'validator' | 'ended';
