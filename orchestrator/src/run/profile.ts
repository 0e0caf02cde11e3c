import { createFileActivity, type FileActivity } from '../storage/fileActivity.ts';
import type { Manifest, RunStatus } from './manifestTypes.ts';

/** What a run does one after another: up to its first stage, its stages, its evidence, the queue of the metrics. */
export type Phase = 'open' | 'stages' | 'finish' | 'drain';

/** Parts of `finish`; the last three overlap. */
export type FinishPart = 'summary' | 'manifest' | 'journal_sync' | 'metrics' | 'runs_index';

/** What the stage cache did for a stage. */
export interface CacheAccount {
  /** `unused`: it could not be asked. */
  result: 'hit' | 'miss' | 'unused';
  /** SHA-256, hex; null where it is not known. */
  key: string | null;
  /** The run whose result it is; null unless it is a hit. */
  source_run_id: string | null;
  /** Why it is no hit, a line for each reason: what changed since the last entry. */
  why: string[];
  /** Whether the result of this run is in the cache now. */
  stored: boolean;
  /** Why it is not, though the stage has succeeded. */
  not_stored: string | null;
}

/** How long one stage took in this attempt. */
export interface StageProfile {
  /** 1-based. */
  index: number;
  id: string;
  /** Its log and journal lines included. */
  duration_ms: number;
  /** Of stages that may be cached, unless the cache is off. */
  cache?: CacheAccount;
}

/** The document of `profile.json`: what this attempt of a run cost. Times are ms of a monotonic clock, to 0.01 ms. */
export interface RunProfile {
  schema_version: 1;
  run_id: string;
  status: RunStatus;
  resumed: boolean;
  /** From before the run directory was claimed until this was put together. */
  total_ms: number;
  /** Together `total_ms`; null for what was not reached. */
  phases_ms: Record<Phase, number | null>;
  finish_parts_ms: Record<FinishPart, number | null>;
  /** Those that ran, in the order in which they ended. */
  stages: StageProfile[];
  files: FileActivity & { bytes_written: number };
}

/** Takes the time of a run and holds its counters. Each run has its own, child runs too. */
export interface Profiler {
  activity: FileActivity;
  /** Ends the phase under way; `open` is the first. */
  enter(phase: Phase): void;
  /** Takes the time of a part of `finish`; what is measured twice is added up. */
  measure<T>(part: FinishPart, work: () => Promise<T>): Promise<T>;
  /** Takes the time of a stage, and what the cache did for it if its result says so. */
  measureStage<T extends { cache?: CacheAccount | undefined }>(
    stage: { index: number; id: string },
    work: () => Promise<T>,
  ): Promise<T>;
  /** The account so far. */
  profile(run: Pick<Manifest, 'run_id' | 'status'>, resumed: boolean): RunProfile;
}

/** Begins with phase `open`, now. `clock` is monotonic, in ms. */
export function createProfiler(clock: () => number = () => performance.now()): Profiler {
  const activity = createFileActivity();
  const phases: RunProfile['phases_ms'] = { open: null, stages: null, finish: null, drain: null };
  const parts: RunProfile['finish_parts_ms'] = {
    summary: null,
    manifest: null,
    journal_sync: null,
    metrics: null,
    runs_index: null,
  };
  const stages: StageProfile[] = [];
  const startedMs = clock();
  let phase: Phase = 'open';
  let sinceMs = startedMs;

  const enter = (next: Phase): void => {
    const nowMs = clock();
    phases[phase] = rounded((phases[phase] ?? 0) + nowMs - sinceMs);
    phase = next;
    sinceMs = nowMs;
  };
  return {
    activity,
    enter,
    async measure(part, work) {
      const since = clock();
      try {
        return await work();
      } finally {
        parts[part] = rounded((parts[part] ?? 0) + clock() - since);
      }
    },
    async measureStage({ index, id }, work) {
      const since = clock();
      let cache: CacheAccount | undefined;
      try {
        const result = await work();
        ({ cache } = result);
        return result;
      } finally {
        stages.push({ index, id, duration_ms: rounded(clock() - since), ...(cache && { cache }) });
      }
    },
    profile({ run_id, status }, resumed) {
      enter(phase);
      return {
        schema_version: 1,
        run_id,
        status,
        resumed,
        total_ms: rounded(sinceMs - startedMs),
        phases_ms: { ...phases },
        finish_parts_ms: { ...parts },
        stages: [...stages],
        files: withSum(activity),
      };
    },
  };
}

function withSum(activity: FileActivity): RunProfile['files'] {
  const { replaces, appends, creations, locks } = activity;
  const written = [...Object.values(replaces), ...Object.values(appends), creations];
  return {
    ...activity,
    locks: { ...locks, waited_ms: rounded(locks.waited_ms) },
    bytes_written: written.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
