import type { StoredEntry } from '../storedEntry.ts';
import type { Sign } from './sign.ts';

/** Least share of succeeded runs that meets the goal (metrics contract, section 1). */
const COMPLETION_THRESHOLD = 0.95;

/** Outcomes of all runs. */
export interface RolloutState {
  total: number;
  succeeded: number;
}

/** Counts of an empty history. */
export function emptyRollout(): RolloutState {
  return { total: 0, succeeded: 0 };
}

/** Takes one entry into `state`, in place, or out of it again. */
export function foldRollout(state: RolloutState, entry: StoredEntry, sign: Sign): void {
  state.total += sign;
  if (entry.status === 'succeeded') state.succeeded += sign;
}

/** `metrics/post-rollout.json` (artifact contract, section 5); null without any run. Pure. */
export function postRolloutDocument(state: RolloutState, updatedAt: string) {
  if (state.total === 0) return null;
  const completionRate = state.succeeded / state.total;
  return {
    total_runs: state.total,
    succeeded_runs: state.succeeded,
    completion_rate: completionRate,
    meets_threshold: completionRate >= COMPLETION_THRESHOLD,
    updated_at: updatedAt,
  };
}
