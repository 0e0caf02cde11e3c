import { countOf, finite, type StoredEntry } from '../storedEntry.ts';

/** What all runs tell about validation, review and alerts. */
export interface SafetyState {
  total: number;
  passed: number;
  failed: number;
  stalled: number;
  manual: number;
  rejections: number;
  reviewLatencySum: number;
  reviewLatencyCount: number;
  regressions: number;
  promoted: number;
  deprecated: number;
  candidates: number;
  alerts: number;
  snapshotFailed: number;
  stalledSnapshot: number;
}

/** Counts of an empty history. */
export function emptySafety(): SafetyState {
  return {
    total: 0,
    passed: 0,
    failed: 0,
    stalled: 0,
    manual: 0,
    rejections: 0,
    reviewLatencySum: 0,
    reviewLatencyCount: 0,
    regressions: 0,
    promoted: 0,
    deprecated: 0,
    candidates: 0,
    alerts: 0,
    snapshotFailed: 0,
    stalledSnapshot: 0,
  };
}

/** Takes one entry into `state`, in place. */
export function foldSafety(state: SafetyState, entry: StoredEntry): void {
  state.total += 1;
  const validation = entry.learning_validation_status;
  if (validation === 'validated') state.passed += 1;
  if (validation === 'snapshot_failed') state.failed += 1;
  if (validation === 'stalled_snapshot') state.stalled += 1;
  if (validation === 'needs_manual_scenario') state.manual += 1;
  state.rejections += countOf(entry.learning_review_rejections);
  const latency = finite(entry.learning_review_latency_ms);
  if (latency !== null) {
    state.reviewLatencySum += latency;
    state.reviewLatencyCount += 1;
  }
  state.regressions += countOf(entry.learning_regressions_detected);
  state.promoted += countOf(entry.learning_pattern_promoted);
  state.deprecated += countOf(entry.learning_pattern_deprecated);
  state.candidates += countOf(entry.learning_throughput_candidates);
  state.alerts += countOf(entry.learning_alerts);
  if (entry.learning_snapshot_status === 'snapshot_failed') state.snapshotFailed += 1;
  if (entry.learning_snapshot_status === 'stalled_snapshot') state.stalledSnapshot += 1;
}

/** `<out>/<task>/state.json` (artifact contract, section 5); null without any run. Pure. */
export function safetyDocument(state: SafetyState, updatedAt: string) {
  if (state.total === 0) return null;
  return {
    updated_at: updatedAt,
    safety: {
      validation: {
        passed: state.passed,
        failed: state.failed,
        stalled: state.stalled,
        manual: state.manual,
      },
      reviewer: {
        rejections: state.rejections,
        average_latency_ms:
          state.reviewLatencyCount === 0 ? null : state.reviewLatencySum / state.reviewLatencyCount,
      },
      regression_detection: { detected: state.regressions },
      pattern_hygiene: { promoted: state.promoted, deprecated: state.deprecated },
    },
    throughput: { candidates: state.candidates },
    alerts: {
      total: state.alerts,
      snapshot_failed: state.snapshotFailed,
      stalled_snapshot: state.stalledSnapshot,
      needs_manual_scenario: state.manual,
    },
  };
}
