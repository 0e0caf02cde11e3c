import fs from 'node:fs';
import { type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { aggregateFiles } from '../metrics/aggregates/aggregateDocuments.ts';
import { changedSince, checkpointPath, readCheckpoint } from '../metrics/checkpoint.ts';
import { readHistoryLines } from '../metrics/historyLines.ts';

/**
 * How the aggregates of a task fall short of its history: `behind` by so many lines at its end, or `unsure`, with the
 * reason in words, so that the next update counts the whole history again.
 */
export type Lag = { kind: 'behind'; lines: number } | { kind: 'unsure'; reason: string };

/**
 * Whether the aggregates cover the whole history; null when they do. While a run is being recorded they are behind for
 * some milliseconds. Reads the end of the history only.
 *
 * @param descriptor the open history; null when there is none
 * @throws errno errors
 */
export async function aggregatesLag(env: TaskEnvironment, descriptor: number | null): Promise<Lag | null> {
  if (descriptor === null) {
    const isCounted = fs.existsSync(aggregateFiles(env).postRollout);
    return isCounted ? { kind: 'unsure', reason: 'metrics.json is missing' } : null;
  }
  const { size } = fs.fstatSync(descriptor);
  const checkpoint = await readCheckpoint(checkpointPath(taskPaths(env).aggregatesDir));
  if ('unusable' in checkpoint) return size === 0 ? null : { kind: 'unsure', reason: checkpoint.unusable };
  const reason = changedSince(checkpoint, descriptor);
  if (reason !== null) return { kind: 'unsure', reason };
  if (size <= checkpoint.covered) return null;
  let lines = 0;
  const end = readHistoryLines(descriptor, checkpoint.covered, size, () => (lines += 1));
  return { kind: 'behind', lines: end < size ? lines + 1 : lines };
}
