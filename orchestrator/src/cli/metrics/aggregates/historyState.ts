import type { StoredEntry } from '../storedEntry.ts';
import { type BaselineDocument, baselineDocument } from './baseline.ts';
import { type CompletenessState, emptyCompleteness, foldCompleteness } from './completeness.ts';
import { type DurationState, emptyDurations, foldDuration } from './mttrDelta.ts';
import { type EpochState, emptyEpochs, foldEpoch, isOrderKnown } from './perEpoch.ts';
import { emptyRollout, foldRollout, type RolloutState } from './postRollout.ts';
import { emptySafety, foldSafety, type SafetyState } from './safetyState.ts';
import type { Sign } from './sign.ts';

/**
 * Everything the aggregates need to know about a history; its size depends on epochs and tools, not on runs.
 * Entries can be taken out again, and sums are exact, so it is the same whatever the order in which entries came.
 */
export interface HistoryState {
  /** What the first run makes of the baseline; null while there is none. */
  baseline: BaselineDocument | null;
  rollout: RolloutState;
  completeness: CompletenessState;
  epochs: EpochState;
  durations: DurationState;
  safety: SafetyState;
}

export function emptyHistory(): HistoryState {
  return {
    baseline: null,
    rollout: emptyRollout(),
    completeness: emptyCompleteness(),
    epochs: emptyEpochs(),
    durations: emptyDurations(),
    safety: emptySafety(),
  };
}

/**
 * Takes the entry of a run into `state`, in place; in the place of another one of that run, if that was taken out before.
 *
 * @param place byte offset of the run's first line: orders what has an order
 */
export function addEntry(state: HistoryState, entry: StoredEntry, place: number): void {
  if (state.baseline === null || state.baseline.run_id === entry.run_id)
    state.baseline = baselineDocument(entry);
  fold(state, entry, 1, place);
}

/** Takes an entry out of `state` again, in place. Until its run is back, `state` says too little. */
export function takeEntry(state: HistoryState, entry: StoredEntry, place: number): void {
  fold(state, entry, -1, place);
}

/**
 * Whether `state` can tell the order of everything that has one. It cannot when the entry is gone in which something
 * occurred first: then it has to be made anew.
 */
export function isComplete({ epochs }: HistoryState): boolean {
  return isOrderKnown(epochs);
}

function fold(state: HistoryState, entry: StoredEntry, sign: Sign, place: number): void {
  foldRollout(state.rollout, entry, sign);
  foldCompleteness(state.completeness, entry, sign);
  foldEpoch(state.epochs, entry, sign, place);
  foldDuration(state.durations, entry, sign);
  foldSafety(state.safety, entry, sign);
}
