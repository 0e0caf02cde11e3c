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
}

/** `waiting`: until a failed call of the agent is tried again. */
export type LoopPhase = 'starting' | 'agent' | 'waiting' | 'validator' | 'ended';
