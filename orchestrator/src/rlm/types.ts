/** What a loop is asked for, after flags, environment, configuration and defaults were joined and checked. */
export interface LoopOptions {
  goal: string;
  /** Shell text, `auto` or `none`. */
  validator: string;
  /** 0: unbounded. */
  maxIterations: number;
  /** Fractions allowed; null: no limit. */
  maxMinutes: number | null;
  /** Longest time for the agent's part of one iteration, and again for the validator's; null: no limit. */
  iterationMinutes: number | null;
  maxTokens: number | null;
  roles: Roles;
  agent: AgentSettings;
  /** Globs, relative to the root of the repository, of files that must not change. */
  protect: string[];
  /** The prompt says that the agent may use subagents. */
  subagents: boolean;
}

export interface AgentSettings {
  kind: AgentKind;
  /** Shell text; only for kind `command`. */
  command: string | null;
  /** Passed to the agent as they are. */
  args: string[];
  /** Further tries after a rate limit, a network failure or an overload. */
  retries: number;
  /** Wait before the first of them, ms; doubled each time. */
  retryDelayMs: number;
}

export type AgentKind = 'codex' | 'claude' | 'command';
export type Roles = 'single' | 'triad';
/** Whom one call of the agent plays: `agent` for roles `single`, the other three in this order for `triad`. */
export type AgentRole = 'agent' | 'planner' | 'critic' | 'reviser';

/** Tokens as the agent reports them. `cached` is a part of `input`, `reasoning` a part of `output`. */
export interface TokenUsage {
  input: number;
  cached: number;
  output: number;
  reasoning: number;
}

/** How a loop ended. The first eight words and their exit codes are the contract's (RLM, section 5). */
export type FinalStatus =
  | 'passed'
  | 'budget_complete'
  | 'no_validator'
  | 'max_iterations'
  | 'max_minutes'
  | 'error'
  | 'invalid_config'
  | 'max_tokens'
  | 'no_progress'
  | 'cancelled';
