import { finite, type StoredEntry } from '../storedEntry.ts';
import { addExactly, roundedSum, type ExactSum } from './exactSum.ts';
import type { Sign } from './sign.ts';

/** Largest share of the baseline duration that meets the goal (metrics contract, section 1). */
const MTTR_THRESHOLD = 0.6;

/** Durations of all runs that have one, whatever their status. */
export interface DurationState {
  count: number;
  /** Seconds. */
  sum: ExactSum;
}

/** Durations of an empty history. */
export function emptyDurations(): DurationState {
  return { count: 0, sum: [] };
}

/** Takes one entry into `state`, in place, or out of it again. */
export function foldDuration(state: DurationState, entry: StoredEntry, sign: Sign): void {
  const seconds = finite(entry.duration_seconds);
  if (seconds === null) return;
  state.count += sign;
  addExactly(state.sum, sign * seconds);
}

/**
 * `<out>/<task>/metrics/mttr-delta.json` (artifact contract, section 5); null when no run has a duration. Pure.
 *
 * @param baselineSeconds duration in the baseline file; null when that file holds none.
 */
export function mttrDeltaDocument(state: DurationState, baselineSeconds: number | null, updatedAt: string) {
  if (state.count === 0) return null;
  const current = roundedSum(state.sum) / state.count;
  const baseline = baselineSeconds ?? current;
  return {
    baseline_mttr_seconds: baseline,
    current_mttr_seconds: current,
    reduction_percent: baseline <= 0 ? 0 : (baseline - current) / baseline,
    meets_threshold: baseline <= 0 || current <= MTTR_THRESHOLD * baseline,
    updated_at: updatedAt,
  };
}
