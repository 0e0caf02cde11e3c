import path from 'node:path';
import { type TaskEnvironment, taskPaths } from '../../../run/paths.ts';
import { finite } from '../storedEntry.ts';
import { completenessDocument } from './completeness.ts';
import type { HistoryState } from './historyState.ts';
import { mttrDeltaDocument } from './mttrDelta.ts';
import { perEpochDocument } from './perEpoch.ts';
import { postRolloutDocument } from './postRollout.ts';
import { safetyDocument } from './safetyState.ts';

/** Absolute paths of the aggregates of a task (artifact contract, section 5). Pure. */
export function aggregateFiles(env: TaskEnvironment) {
  const { aggregatesDir, outMetricsDir, outStatePath } = taskPaths(env);
  return {
    baseline: path.join(aggregatesDir, 'baseline.json'),
    postRollout: path.join(aggregatesDir, 'post-rollout.json'),
    completeness: path.join(aggregatesDir, 'completeness.json'),
    perEpoch: path.join(aggregatesDir, 'per-epoch.json'),
    mttrDelta: path.join(outMetricsDir, 'mttr-delta.json'),
    state: outStatePath,
  };
}

/**
 * What the aggregates of a history say, by file; null for one about which the history has nothing. The baseline, which is
 * written once, is not among them. Pure.
 *
 * @param baselineSeconds duration in the baseline file; null when it has none or cannot be understood
 */
export function aggregateDocuments(
  env: TaskEnvironment,
  history: HistoryState,
  baselineSeconds: number | null,
  updatedAt: string,
): [file: string, document: object | null][] {
  const files = aggregateFiles(env);
  return [
    [files.postRollout, postRolloutDocument(history.rollout, updatedAt)],
    [files.completeness, completenessDocument(history.completeness, updatedAt)],
    [files.perEpoch, perEpochDocument(history.epochs, updatedAt)],
    [files.mttrDelta, mttrDeltaDocument(history.durations, baselineSeconds, updatedAt)],
    [files.state, safetyDocument(history.safety, updatedAt)],
  ];
}

/** The duration in the text of a baseline, in seconds; null when it has none or cannot be understood. Pure. */
export function baselineSecondsIn(text: string): number | null {
  try {
    const document: unknown = JSON.parse(text);
    const isObject = typeof document === 'object' && document !== null;
    return isObject && 'duration_seconds' in document ? finite(document.duration_seconds) : null;
  } catch {
    return null;
  }
}
