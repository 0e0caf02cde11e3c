/** What a run would do with a stage, as far as can be told without running anything. */
export interface StageForecast {
  /** Id of the stage; in a sub-pipeline after those of the stages that lead to it. */
  path: string[];
  /** `restored`: its result is in the cache; `runs`: it is not; `always-runs`: it is none that may be cached. */
  forecast: 'restored' | 'runs' | 'always-runs';
  /** null where it is not known, and for stages that always run. */
  key: string | null;
  /** The run whose result would be restored. */
  sourceRunId: string | null;
  /** Why it would run, a line for each reason. */
  why: string[];
  /** Its outputs are there already, and are what they would be. */
  isInPlace: boolean;
  /** Stages before it that would run or have outputs restored, which may change what it depends on. */
  unless: string[];
}
