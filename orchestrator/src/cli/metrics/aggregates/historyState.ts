import type { StoredEntry } from '../storedEntry.ts';
import { type BaselineDocument, baselineDocument } from './baseline.ts';
import { type CompletenessState, emptyCompleteness, foldCompleteness } from './completeness.ts';
import { type DurationState, emptyDurations, foldDuration } from './mttrDelta.ts';
import { type EpochState, emptyEpochs, foldEpoch } from './perEpoch.ts';
import { emptyRollout, foldRollout, type RolloutState } from './postRollout.ts';
import { emptySafety, foldSafety, type SafetyState } from './safetyState.ts';

/** Everything the aggregates need to know about a history; its size depends on epochs and tools, not on runs. */
export interface HistoryState {
  /** What the first entry makes of the baseline; null while there is none. */
  baseline: BaselineDocument | null;
  rollout: RolloutState;
  completeness: CompletenessState;
  epochs: EpochState;
  durations: DurationState;
  safety: SafetyState;
}

/** Folds entries, one per run id and in file order, into the state that the aggregates are computed from. */
export function foldHistory(entries: Iterable<StoredEntry>): HistoryState {
  const state: HistoryState = {
    baseline: null,
    rollout: emptyRollout(),
    completeness: emptyCompleteness(),
    epochs: emptyEpochs(),
    durations: emptyDurations(),
    safety: emptySafety(),
  };
  for (const entry of entries) {
    state.baseline ??= baselineDocument(entry);
    foldRollout(state.rollout, entry);
    foldCompleteness(state.completeness, entry);
    foldEpoch(state.epochs, entry);
    foldDuration(state.durations, entry);
    foldSafety(state.safety, entry);
  }
  return state;
}
