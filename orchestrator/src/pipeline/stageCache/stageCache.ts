import type { CommandStage } from '../../config/types.ts';
import type { TaskEnvironment } from '../../run/paths.ts';
import type { CacheAccount } from '../../run/profile.ts';
import type { ProcessIdentity } from '../../storage/processIdentity.ts';

/** The cache as the running of stages sees it; one for a run and its child runs. */
export interface StageCache {
  /**
   * Looks whether what a stage would do is known, and if so puts its outputs in place. Never fails: where the cache
   * cannot be used the stage runs, and a warning says why.
   */
  begin(stage: StageToCache): Promise<CachedStage>;
  /** Runs the command of a stage, whether it may be cached or not: files may change meanwhile. */
  running<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Whether what a stage has made under a key, before its run was resumed, still lies in this checkout. Never fails: who
   * cannot tell says no.
   */
  isInPlace(stage: RecalledStage, key: string): Promise<boolean>;
  /** The key of a stage that always runs: what it is tells what it does, as far as those need to know who need it. */
  keyOfUncached(stage: StageToCache): string | null;
  /** The last run is over: what was learned is kept, and what is too old or too much is removed. */
  close(warn: (message: string) => void): Promise<void>;
}

/** A stage, and what its place in the cache depends on. */
export interface PlacedStage {
  stage: CommandStage;
  env: TaskEnvironment;
  pipelineId: string;
  /** Relative stage directories count from here. */
  startDirectory: string;
  /** Environment the CLI was started with. */
  processEnv: NodeJS.ProcessEnv;
  /** From pipeline aliases. */
  overrides: Readonly<Record<string, string>>;
  /** Keys of the stages it needs; null when one is not known. */
  needs: Readonly<Record<string, string>> | null;
}

/** A stage that is not going to run. */
export type RecalledStage = Pick<PlacedStage, 'stage' | 'env' | 'pipelineId' | 'startDirectory'>;

/** A stage of a run. */
export interface StageToCache extends PlacedStage {
  runId: string;
  /** Aborted: the run is to end. */
  signal: AbortSignal;
  /** Says something to people. */
  warn: (message: string) => void;
}

/** A stage that has begun, and what the cache knows of it. */
export interface CachedStage {
  /** What is told of it when it has ended. */
  account: CacheAccount;
  /** Its outputs are in place, and this is what it printed; null when it has to run. */
  hit: CacheHit | null;
  /** Tells which process runs it, at each attempt. Never fails. */
  runsAs(command: ProcessIdentity): void;
  /**
   * Tells that it has succeeded, so that its result may be stored if it has run. Never fails.
   *
   * @returns the key that what it has done goes by; null when nobody can tell what that is
   */
  keep(result: StageSuccess): Promise<string | null>;
  /** It is over, however it ended. Never fails. */
  close(): Promise<void>;
}

export interface CacheHit {
  key: string;
  sourceRunId: string;
  /** Of the stage in this run: whose result it is, and how that was summed up. */
  summary: string;
  /** The log of the stage, verified: its absolute path, and its bytes; null when it has none. */
  log: { path: string; size: number } | null;
}

export interface StageSuccess {
  /** Absolute path of its log, which holds all it has printed. */
  logPath: string;
  summary: string;
  durationMs: number;
}
