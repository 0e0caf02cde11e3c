import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { errorCode } from '../../storage/errorCode.ts';
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
import { ensureMetricsTrailingNewline } from './metricsFile.ts';
import { rebuildHistory } from './rebuildHistory.ts';
import { createRunIdIndex, openRunIdIndex } from './runIdIndex.ts';

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
 * @throws errno errors; aggregates that were not replaced keep their earlier content, and the next update goes on from
 *   where the last one that succeeded ended.
 */
export async function updateMetricsAggregates(env: TaskEnvironment): Promise<AggregatesUpdate> {
  const { metricsPath, aggregatesDir } = taskPaths(env);
  await ensureMetricsTrailingNewline(metricsPath);
  const descriptor = openHistory(metricsPath);
  if (descriptor === null) return NOTHING;
  try {
    const stored = await readCheckpoint(checkpointPath(aggregatesDir));
    const reason = 'unusable' in stored ? stored.unusable : misfit(aggregatesDir, descriptor, stored);
    const folded = 'unusable' in stored || reason !== null ? null : fold(aggregatesDir, descriptor, stored);
    const checkpoint = folded ?? rebuild(aggregatesDir, descriptor);
    if (checkpoint.history.baseline === null) return NOTHING;
    const countedBefore = fs.existsSync(path.join(aggregatesDir, 'post-rollout.json'));
    await writeAggregates(env, checkpoint.history);
    await writeCheckpoint(checkpointPath(aggregatesDir), checkpoint);
    if (folded === null) await removeOtherIndexes(aggregatesDir, checkpoint.index);
    const isRecount = folded === null && countedBefore;
    const rebuilt = isRecount ? (reason ?? 'the order of tools had to be found again') : null;
    return { rebuilt, runs: checkpoint.history.rollout.total };
  } finally {
    fs.closeSync(descriptor);
  }
}

const NOTHING: AggregatesUpdate = { rebuilt: null, runs: 0 };

/** Why a checkpoint cannot be gone on from, in words; null when it can. */
function misfit(aggregatesDir: string, descriptor: number, stored: Checkpoint): string | null {
  if (!fs.existsSync(path.join(aggregatesDir, stored.index))) return 'the index of run ids is missing';
  return changedSince(stored, descriptor);
}

function fold(aggregatesDir: string, descriptor: number, stored: Checkpoint): Checkpoint | null {
  const { history, index } = stored;
  const { size } = fs.fstatSync(descriptor);
  const ids = openRunIdIndex(path.join(aggregatesDir, index));
  const covered = foldNewLines(descriptor, { covered: stored.covered, size }, history, ids);
  if (covered === null) return null;
  return { index, covered, fingerprint: fingerprintOf(descriptor, covered), history };
}

function rebuild(aggregatesDir: string, descriptor: number): Checkpoint {
  const { size } = fs.fstatSync(descriptor);
  const index = `${INDEX_PREFIX}${randomUUID()}`;
  const directory = path.join(aggregatesDir, index);
  const records = createRunIdIndex(directory, size / TYPICAL_LINE_BYTES);
  const { state, covered } = rebuildHistory(descriptor, size, {
    add: (hash, offset) => records.add(hash, offset),
    repeated() {
      records.finish();
      return fs.existsSync(directory) ? openRunIdIndex(directory).repeated() : [];
    },
  });
  return { index, covered, fingerprint: fingerprintOf(descriptor, covered), history: state };
}

const INDEX_PREFIX = 'run-ids-';
/** Entries of this version have about 1 kB; fewer, longer lines only mean smaller shards. */
const TYPICAL_LINE_BYTES = 1000;

function openHistory(file: string): number | null {
  try {
    return fs.openSync(file, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Those of earlier histories, and of rebuilds that were interrupted. */
async function removeOtherIndexes(aggregatesDir: string, keep: string): Promise<void> {
  for (const name of fs.readdirSync(aggregatesDir)) {
    if (!name.startsWith(INDEX_PREFIX) || name === keep) continue;
    await rm(path.join(aggregatesDir, name), { recursive: true, force: true });
  }
}
