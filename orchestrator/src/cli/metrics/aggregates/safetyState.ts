import { countOf, finite, type StoredEntry } from '../storedEntry.ts';
import { addExactly, roundedSum, type ExactSum } from './exactSum.ts';
import type { Sign } from './sign.ts';

/** What all runs tell about validation, review and alerts. */
export interface SafetyState {
  total: number;
  passed: number;
  failed: number;
  stalled: number;
  manual: number;
  rejections: ExactSum;
  reviewLatencySum: ExactSum;
  reviewLatencyCount: number;
  regressions: ExactSum;
  promoted: ExactSum;
  deprecated: ExactSum;
  candidates: ExactSum;
  alerts: ExactSum;
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
    rejections: [],
    reviewLatencySum: [],
    reviewLatencyCount: 0,
    regressions: [],
    promoted: [],
    deprecated: [],
    candidates: [],
    alerts: [],
    snapshotFailed: 0,
    stalledSnapshot: 0,
  };
}

/** Takes one entry into `state`, in place, or out of it again. */
export function foldSafety(state: SafetyState, entry: StoredEntry, sign: Sign): void {
  state.total += sign;
  const validation = entry.learning_validation_status;
  if (validation === 'validated') state.passed += sign;
  if (validation === 'snapshot_failed') state.failed += sign;
  if (validation === 'stalled_snapshot') state.stalled += sign;
  if (validation === 'needs_manual_scenario') state.manual += sign;
  const latency = finite(entry.learning_review_latency_ms);
  if (latency !== null) {
    addExactly(state.reviewLatencySum, sign * latency);
    state.reviewLatencyCount += sign;
  }
  addExactly(state.rejections, sign * countOf(entry.learning_review_rejections));
  addExactly(state.regressions, sign * countOf(entry.learning_regressions_detected));
  addExactly(state.promoted, sign * countOf(entry.learning_pattern_promoted));
  addExactly(state.deprecated, sign * countOf(entry.learning_pattern_deprecated));
  addExactly(state.candidates, sign * countOf(entry.learning_throughput_candidates));
  addExactly(state.alerts, sign * countOf(entry.learning_alerts));
  if (entry.learning_snapshot_status === 'snapshot_failed') state.snapshotFailed += sign;
  if (entry.learning_snapshot_status === 'stalled_snapshot') state.stalledSnapshot += sign;
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
        rejections: roundedSum(state.rejections),
        average_latency_ms:
          state.reviewLatencyCount === 0
            ? null
            : roundedSum(state.reviewLatencySum) / state.reviewLatencyCount,
      },
      regression_detection: { detected: roundedSum(state.regressions) },
      pattern_hygiene: { promoted: roundedSum(state.promoted), deprecated: roundedSum(state.deprecated) },
    },
    throughput: { candidates: roundedSum(state.candidates) },
    alerts: {
      total: roundedSum(state.alerts),
      snapshot_failed: state.snapshotFailed,
      stalled_snapshot: state.stalledSnapshot,
      needs_manual_scenario: state.manual,
    },
  };
}
