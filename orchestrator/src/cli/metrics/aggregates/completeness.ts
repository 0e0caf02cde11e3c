import type { StoredEntry } from '../storedEntry.ts';
import type { Sign } from './sign.ts';

const CHECKED_FIELDS = ['instance_stats', 'privacy_events', 'control_plane_status'] as const;

/** Share of missing fields that no longer meets the goal (metrics contract, section 1). */
const MISSING_THRESHOLD = 0.05;

/** How often each checked field was missing. */
export interface CompletenessState {
  total: number;
  missing: Record<(typeof CHECKED_FIELDS)[number], number>;
}

/** Counts of an empty history. */
export function emptyCompleteness(): CompletenessState {
  return { total: 0, missing: { instance_stats: 0, privacy_events: 0, control_plane_status: 0 } };
}

/** Takes one entry into `state`, in place, or out of it again. */
export function foldCompleteness(state: CompletenessState, entry: StoredEntry, sign: Sign): void {
  state.total += sign;
  if (isEmptyList(entry.instance_stats)) state.missing.instance_stats += sign;
  if (isEmptyList(entry.privacy_events)) state.missing.privacy_events += sign;
  if (!isKnownStatus(entry.control_plane_status)) state.missing.control_plane_status += sign;
}

/** `metrics/completeness.json` (artifact contract, section 5); null without any run. Pure. */
export function completenessDocument(state: CompletenessState, updatedAt: string) {
  if (state.total === 0) return null;
  const { missing } = state;
  const missingTotal = missing.instance_stats + missing.privacy_events + missing.control_plane_status;
  const ratio = missingTotal / (CHECKED_FIELDS.length * state.total);
  return {
    checked_fields: [...CHECKED_FIELDS],
    missing_counts: { ...missing },
    missing_field_ratio: ratio,
    meets_threshold: ratio < MISSING_THRESHOLD,
    updated_at: updatedAt,
  };
}

function isEmptyList(value: unknown): boolean {
  return !Array.isArray(value) || value.length === 0;
}

function isKnownStatus(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '' && value !== 'unknown';
}
