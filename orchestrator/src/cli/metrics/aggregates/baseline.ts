import { finite, type StoredEntry } from '../storedEntry.ts';

/** `metrics/baseline.json`: the first run of the task, written once and never again. */
export interface BaselineDocument {
  run_id: string;
  recorded_at: string;
  status: string;
  duration_seconds: number | null;
  /** 1 when that run succeeded, else 0. */
  completion_rate: number;
}

/** The baseline that follows from the first entry of a history. Pure. */
export function baselineDocument(first: StoredEntry): BaselineDocument {
  return {
    run_id: first.run_id,
    recorded_at: first.recorded_at,
    status: first.status,
    duration_seconds: finite(first.duration_seconds),
    completion_rate: first.status === 'succeeded' ? 1 : 0,
  };
}
