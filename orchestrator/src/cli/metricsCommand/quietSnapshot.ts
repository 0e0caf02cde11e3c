import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describeHolder } from '../../run/claimRun.ts';
import { artifactPath, type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { readIfPresent } from '../../run/readIfPresent.ts';
import { inspectLock } from '../../storage/lock.ts';
import { aggregateFiles } from '../metrics/aggregates/aggregateDocuments.ts';
import { type Checkpoint, checkpointPath, parseCheckpoint } from '../metrics/checkpoint.ts';
import { openHistory } from '../metrics/openHistory.ts';
import { metricsBusy } from './holdMetricsLock.ts';
import { digestIndex, type IndexDigest } from './digestIndex.ts';

/** A history and everything that was computed from it, of one moment. */
export interface MetricsSnapshot {
  /** The open history, which the caller closes; null: there is none. */
  descriptor: number | null;
  /** Bytes of the history. */
  size: number;
  /** Texts of the aggregates by their absolute paths; null for one that is not there. */
  texts: ReadonlyMap<string, string | null>;
  checkpoint: Checkpoint | { unusable: string };
  hasCheckpointFile: boolean;
  /** Of the index that belongs to the checkpoint; null when it is missing. */
  index: IndexDigest | null;
}

const ATTEMPTS = 100;
const PAUSE_MS = 50;
/** Age from which a lock counts as abandoned that does not name its owner (metrics contract, section 1). */
const STALE_MS = 300_000;

/**
 * Reads history and aggregates at a moment in which nobody works on them. It takes no lock, so it changes nothing and
 * keeps nobody waiting: whoever worked on them since the first look has left a longer history or another checkpoint.
 *
 * @throws FailureError `metrics-busy` when there is no such moment for five seconds; errno errors
 */
export async function quietSnapshot(env: TaskEnvironment): Promise<MetricsSnapshot> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await lockHolder(env);
    const { checkpointText, ...snapshot } = await readAll(env);
    const checkpoint = parseCheckpoint(checkpointText);
    const index =
      'unusable' in checkpoint ? null : digestIndex(indexPath(env, checkpoint), checkpoint.covered);
    const again = await readAll(env);
    close(again.descriptor);
    const holder = before ?? (await lockHolder(env));
    const isSame =
      snapshot.size === again.size &&
      checkpointText === again.checkpointText &&
      [...snapshot.texts].every(([file, text]) => again.texts.get(file) === text);
    if (holder === null && isSame) {
      return { ...snapshot, checkpoint, hasCheckpointFile: checkpointText !== null, index };
    }
    close(snapshot.descriptor);
    if (attempt === ATTEMPTS) throw metricsBusy(env, holder ?? 'one run after the other');
    await delay(PAUSE_MS);
  }
}

async function readAll(env: TaskEnvironment) {
  const { metricsPath, aggregatesDir } = taskPaths(env);
  const descriptor = openHistory(metricsPath);
  const size = descriptor === null ? 0 : fs.fstatSync(descriptor).size;
  const texts = new Map<string, string | null>();
  for (const file of Object.values(aggregateFiles(env))) texts.set(file, await readIfPresent(file));
  return { descriptor, size, texts, checkpointText: await readIfPresent(checkpointPath(aggregatesDir)) };
}

function indexPath(env: TaskEnvironment, { index }: Checkpoint): string {
  return path.join(taskPaths(env).aggregatesDir, index);
}

function close(descriptor: number | null): void {
  if (descriptor !== null) fs.closeSync(descriptor);
}

/** Who holds the metrics lock, in words; null when nobody does. */
async function lockHolder(env: TaskEnvironment): Promise<string | null> {
  const { metricsLockPath } = taskPaths(env);
  const lock = await inspectLock(metricsLockPath);
  if (lock === null || lock.liveness === 'dead') return null;
  if (lock.liveness === 'unknown' && lock.ageMs > STALE_MS) return null;
  return describeHolder(lock.owner, artifactPath(env, metricsLockPath));
}
