import type { ConfigProblem } from './problem.ts';

/** `codex.orchestrator.json` after validation. Unknown keys are gone, stage kinds are certain. */

export interface StagePlanOptions {
  runnable?: boolean | undefined;
  defaultTarget?: boolean | undefined;
  aliases?: string[] | undefined;
  requiresCloud?: boolean | undefined;
  executionMode?: string | undefined;
}

interface StageBase {
  id: string;
  title: string;
  /** Ids of the stages that must have passed before it begins; absent in a pipeline that runs in listed order. */
  needs?: string[] | undefined;
  plan: StagePlanOptions;
}

export interface CommandStage extends StageBase {
  kind: 'command';
  /** Shell text. */
  command: string;
  /** Program and arguments, run without a shell; only `exec` sets it, `command` is then its printed form. */
  argv?: string[] | undefined;
  /** Run in this process instead of by a shell; only shipped pipelines set it, `command` is then its name. */
  builtin?: 'rlm' | undefined;
  /** As written; relative paths count from the directory the CLI was started in. */
  cwd?: string | undefined;
  env: Record<string, string>;
  allowFailure: boolean;
  summaryHint?: string | undefined;
  /** Seconds after which the stage's process tree is ended; absent means no limit. */
  timeoutSeconds?: number | undefined;
  /** Further attempts after a failure; 0 means none. */
  retries: number;
  /** What its result depends on, so that it need not run again; absent: it always runs. */
  cache?: StageCacheConfig | undefined;
  session?:
    | { id?: string | undefined; reuse?: boolean | undefined; persist?: boolean | undefined }
    | undefined;
}

export interface StageCacheConfig {
  /** Globs of the files it reads, from the root of the repository. */
  inputs: string[];
  /** Globs of the files it makes. */
  outputs: string[];
  /** Names of the environment variables that its result depends on. */
  env: string[];
}

export interface SubpipelineStage extends StageBase {
  kind: 'subpipeline';
  /** Id of the pipeline that runs as a child run. */
  pipeline: string;
  /** A failure of the child is tolerated. */
  optional: boolean;
}

/** A stage as it runs: stage sets are replaced by their members. */
export type Stage = CommandStage | SubpipelineStage;

export interface Pipeline {
  id: string;
  title: string;
  description: string | null;
  tags: string[];
  guardrailsRequired: boolean;
  /** Most stages at the same time; absent: what the file or the machine says. */
  concurrency?: number | undefined;
  stages: Stage[];
}

export interface PipelineConfig {
  defaultPipeline: string | null;
  /** Most stages at the same time; absent: what the machine offers. */
  concurrency?: number | undefined;
  /** In file order; stage sets are expanded already. Shipped ones come last. */
  pipelines: Pipeline[];
  /** What the file says about RLM loops; null when it says nothing. */
  rlm: LoopConfig | null;
}

/** Settings of RLM loops; flags and environment variables count before them. */
export interface LoopConfig {
  agent?: 'codex' | 'claude' | 'command' | undefined;
  /** Shell text. */
  agentCommand?: string | undefined;
  agentArgs?: string[] | undefined;
  agentRetries?: number | undefined;
  agentRetrySeconds?: number | undefined;
  /** Shell text, `auto` or `none`. */
  validator?: string | undefined;
  /** 0 is unlimited too. */
  maxIterations?: number | 'unlimited' | undefined;
  /** Of the three limits below, 0 means none. */
  maxMinutes?: number | undefined;
  iterationMinutes?: number | undefined;
  maxTokens?: number | undefined;
  roles?: 'single' | 'triad' | undefined;
  /** Globs. */
  protect?: string[] | undefined;
}

/** Where the pipelines came from: the repository's file, or what was found in the repository (`default`). */
export interface LoadedConfig {
  config: PipelineConfig;
  source: 'user' | 'default';
  /** Display path of the file; null when there is none. */
  file: string | null;
  warnings: ConfigProblem[];
  /** For detected pipelines: stage id → why it is there. Empty for a file. */
  reasons: { stageId: string; reason: string }[];
  /** For detected pipelines: what was seen and left out on purpose, and why. */
  skipped?: { what: string; reason: string }[];
}
