import path from 'node:path';
import { type TaskEnvironment, taskPaths } from '../../../run/paths.ts';
import { readIfPresent } from '../../../run/readIfPresent.ts';
import { adoptLegacyRunsIndex } from '../../../run/runsIndex.ts';
import { jsonDocument, replaceFile } from '../../../storage/replaceFile.ts';
import { finite } from '../storedEntry.ts';
import type { BaselineDocument } from './baseline.ts';
import { completenessDocument } from './completeness.ts';
import type { HistoryState } from './historyState.ts';
import { mttrDeltaDocument } from './mttrDelta.ts';
import { perEpochDocument } from './perEpoch.ts';
import { postRolloutDocument } from './postRollout.ts';
import { safetyDocument } from './safetyState.ts';

/**
 * Writes the aggregates of a history, each atomically: the baseline first and only when it is missing, then the
 * others at the same time. A document that says the same as the one on disk is left alone, so `updated_at` is the time
 * of the last change. Without any run nothing is written and no directory is created.
 *
 * @throws the first errno error, after all writes have ended (the caller may give up its lock then).
 */
export async function writeAggregates(env: TaskEnvironment, history: HistoryState): Promise<void> {
  if (history.baseline === null) return;
  const { aggregatesDir, outMetricsDir, outStatePath } = taskPaths(env);
  const updatedAt = new Date().toISOString();
  // An old version kept the runs index in state.json, which is about to be replaced.
  await adoptLegacyRunsIndex(env);
  const baselineSeconds = await ensureBaseline(path.join(aggregatesDir, 'baseline.json'), history.baseline);
  await writeAll([
    [path.join(aggregatesDir, 'post-rollout.json'), postRolloutDocument(history.rollout, updatedAt)],
    [path.join(aggregatesDir, 'completeness.json'), completenessDocument(history.completeness, updatedAt)],
    [path.join(aggregatesDir, 'per-epoch.json'), perEpochDocument(history.epochs, updatedAt)],
    [
      path.join(outMetricsDir, 'mttr-delta.json'),
      mttrDeltaDocument(history.durations, baselineSeconds, updatedAt),
    ],
    [outStatePath, safetyDocument(history.safety, updatedAt)],
  ]);
}

/** Returns the duration of the baseline in seconds; null when it has none or the file cannot be read or understood. */
async function ensureBaseline(file: string, baseline: BaselineDocument): Promise<number | null> {
  let text: string | null;
  try {
    text = await readIfPresent(file);
  } catch {
    // The contract goes on with the current mean. Whatever is there, a baseline is never written a second time.
    return null;
  }
  if (text !== null) return storedDuration(text);
  await replaceFile(file, jsonDocument(baseline));
  return baseline.duration_seconds;
}

async function writeAll(documents: [file: string, document: object | null][]): Promise<void> {
  const writes = documents.map(async ([file, document]) => {
    if (document !== null && !(await says(file, document))) await replaceFile(file, jsonDocument(document));
  });
  const failed = (await Promise.allSettled(writes)).find((write) => write.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Whether a file holds this document already, whatever time it gives. */
async function says(file: string, document: object): Promise<boolean> {
  const text = await readIfPresent(file);
  const updatedAt = /"updated_at": "([^"]*)"/.exec(text ?? '')?.[1];
  return updatedAt !== undefined && text === jsonDocument({ ...document, updated_at: updatedAt });
}

function storedDuration(text: string): number | null {
  try {
    const document: unknown = JSON.parse(text);
    const isObject = typeof document === 'object' && document !== null;
    return isObject && 'duration_seconds' in document ? finite(document.duration_seconds) : null;
  } catch {
    return null;
  }
}
