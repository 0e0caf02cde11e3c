/** Everything from which the options of a loop are read. */
export interface LoopInputs {
  flags: RawLoopOptions;
  env: NodeJS.ProcessEnv;
  /** `rlm` of the configuration file; null when there is none. */
  config: RawLoopConfig | null;
}

/** What the command line was given, unjudged; undefined: not given. */
export interface RawLoopOptions {
  goal?: string | undefined;
  validator?: string | undefined;
  maxIterations?: string | undefined;
  maxMinutes?: string | undefined;
  iterationMinutes?: string | undefined;
  maxTokens?: string | undefined;
  roles?: string | undefined;
  agent?: string | undefined;
  agentCommand?: string | undefined;
  agentArgs: readonly string[];
  protect: readonly string[];
  /** Why the goal that was asked for could not be read, as a sentence. */
  goalProblem?: string | undefined;
}

/** The part of the configuration file that is about loops. */
export interface RawLoopConfig {
  agent?: string | undefined;
  agentCommand?: string | undefined;
  agentArgs?: readonly string[] | undefined;
  agentRetries?: number | undefined;
  agentRetrySeconds?: number | undefined;
  validator?: string | undefined;
  maxIterations?: number | string | undefined;
  maxMinutes?: number | undefined;
  iterationMinutes?: number | undefined;
  maxTokens?: number | undefined;
  roles?: string | undefined;
  protect?: readonly string[] | undefined;
}
