import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { countingFor } from '../../storage/fileActivity.ts';
import { writeAggregates } from './aggregates/writeAggregates.ts';
import {
  changedSince,
  type Checkpoint,
  checkpointPath,
  fingerprintOf,
  readCheckpoint,
  writeCheckpoint,
} from './checkpoint.ts';
import { foldNewLines } from './foldNewLines.ts';
import { isInTheWay } from './isInTheWay.ts';
import { endsWithNewline, ensureMetricsTrailingNewline } from './metricsFile.ts';
import { openHistory } from './openHistory.ts';
import { rebuildWithIndex } from './rebuildWithIndex.ts';
import { openRunIdIndex } from './runIdIndex.ts';
import { INDEX_PREFIX, sweepAggregates } from './sweepAggregates.ts';

export { ensureMetricsTrailingNewline } from './metricsFile.ts';
export { withMetricsLock } from './metricsLock.ts';
export { mergePendingMetricsEntries } from './pendingEntries.ts';

/** How an update came about. */
export interface AggregatesUpdate {
  /** Why the whole history was read again, in words; null when only what is new was, or nothing had been counted before. */
  rebuilt: string | null;
  /** Runs that the aggregates count. */
  runs: number;
}

/**
 * Brings the aggregates of a task up to date with its `metrics.json` (artifact contract, section 5). Only what was
 * appended since the last time is read, whatever the length of the history; all of it when the checkpoint of the last time
 * is missing or does not fit. Lines that do not count are passed over; a history without any entry writes nothing. Call
 * it only under the metrics lock.
 *
 * @param doubt why the history is to be counted anew whatever it looks like now (see `dropDoubtedCheckpoint`); null: as it looks
 * @throws errno errors; aggregates that were not replaced keep their earlier content, and the next update goes on from
 *   where the last one that succeeded ended.
 */
export async function updateMetricsAggregates(
  env: TaskEnvironment,
  doubt: string | null = null,
): Promise<AggregatesUpdate> {
  const { metricsPath, aggregatesDir } = taskPaths(env);
  const descriptor = openHistory(metricsPath);
  if (descriptor === null) return NOTHING;
  try {
    if (!endsWithNewline(descriptor, metricsPath, env.activity)) {
      await ensureMetricsTrailingNewline(metricsPath, env.activity);
    }
    const stored = await readCheckpoint(checkpointPath(aggregatesDir), env.activity);
    const { reason, folded, checkpoint } = countingFor(env.activity, () =>
      takeIn(aggregatesDir, descriptor, doubt === null ? stored : { unusable: doubt }),
    );
    if (checkpoint.history.baseline === null) return NOTHING;
    const countedBefore = fs.existsSync(path.join(aggregatesDir, 'post-rollout.json'));
    await writeAggregates(env, checkpoint.history);
    await writeCheckpoint(checkpointPath(aggregatesDir), checkpoint, env.activity);
    await sweepAggregates(env, checkpoint.index);
    const isRecount = folded === null && countedBefore;
    const rebuilt = isRecount ? (reason ?? 'the order of tools had to be found again') : null;
    return { rebuilt, runs: checkpoint.history.rollout.total };
  } finally {
    fs.closeSync(descriptor);
  }
}

const NOTHING: AggregatesUpdate = { rebuilt: null, runs: 0 };

/** What is new, or everything; `folded` is null for the latter, for the given reason or because of the order of tools. */
function takeIn(
  aggregatesDir: string,
  descriptor: number,
  stored: Checkpoint | { unusable: string },
): { reason: string | null; folded: Checkpoint | null; checkpoint: Checkpoint } {
  let reason: string | null;
  let folded: Checkpoint | null = null;
  try {
    reason = 'unusable' in stored ? stored.unusable : misfit(aggregatesDir, descriptor, stored);
    if (reason === null && !('unusable' in stored)) folded = fold(aggregatesDir, descriptor, stored);
  } catch (error) {
    // A file where the folder of the index should be, or a folder where a shard should be.
    if (!isInTheWay(error)) throw error;
    reason = 'the index of run ids is damaged';
  }
  return { reason, folded, checkpoint: folded ?? rebuild(aggregatesDir, descriptor) };
}

/** Why a checkpoint cannot be gone on from, in words; null when it can. */
function misfit(aggregatesDir: string, descriptor: number, stored: Checkpoint): string | null {
  const index = path.join(aggregatesDir, stored.index);
  if (!fs.existsSync(index)) return 'the index of run ids is missing';
  if (openRunIdIndex(index).size() < stored.shards) return 'the index of run ids is damaged';
  return changedSince(stored, descriptor);
}

function fold(aggregatesDir: string, descriptor: number, stored: Checkpoint): Checkpoint | null {
  const { history, index } = stored;
  const { size } = fs.fstatSync(descriptor);
  const ids = openRunIdIndex(path.join(aggregatesDir, index));
  const covered = foldNewLines(descriptor, { covered: stored.covered, size }, history, ids);
  if (covered === null) return null;
  return { index, shards: ids.size(), covered, fingerprint: fingerprintOf(descriptor, covered), history };
}

function rebuild(aggregatesDir: string, descriptor: number): Checkpoint {
  const { size } = fs.fstatSync(descriptor);
  const index = `${INDEX_PREFIX}${randomUUID()}`;
  const { state, covered, shards } = rebuildWithIndex(descriptor, size, path.join(aggregatesDir, index));
  return { index, shards, covered, fingerprint: fingerprintOf(descriptor, covered), history: state };
}
