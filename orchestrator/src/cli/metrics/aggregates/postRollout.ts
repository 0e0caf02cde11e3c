import type { StoredEntry } from '../storedEntry.ts';

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

/** Takes one entry into `state`, in place. */
export function foldRollout(state: RolloutState, entry: StoredEntry): void {
  state.total += 1;
  if (entry.status === 'succeeded') state.succeeded += 1;
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
