import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TaskEnvironment } from '../../run/paths.ts';
import { emptyHistory } from '../metrics/aggregates/historyState.ts';
import { fingerprintOf } from '../metrics/checkpoint.ts';
import { rebuildWithIndex } from '../metrics/rebuildWithIndex.ts';
import { compareMetrics, type Difference, type Recomputed } from './compareMetrics.ts';
import { addDamagedLine, type DamagedLines } from './damagedLines.ts';
import { digestIndex } from './digestIndex.ts';
import { metricsBusy } from './holdMetricsLock.ts';
import { quietSnapshot } from './quietSnapshot.ts';

export interface Verification {
  taskId: string;
  /** Neither a history nor anything that was computed from one. */
  isEmpty: boolean;
  /** Runs that the history gives. */
  runs: number;
  differences: Difference[];
  damaged: DamagedLines;
  /** Why the next update will count the whole history, in words; null when it will not. */
  checkpointTrouble: string | null;
  durationMs: number;
}

/**
 * Computes everything anew from the history of a task, in bounded memory, and compares it with the aggregates, the
 * checkpoint and the index of run ids on disk. Changes nothing there: the new index lies in a temporary folder. Runs may
 * end meanwhile.
 *
 * @throws FailureError `metrics-busy` when there is no moment at which nobody changes the metrics; errno errors
 */
export async function verifyMetrics(env: TaskEnvironment): Promise<Verification> {
  const begin = performance.now();
  const snapshot = await quietSnapshot(env);
  const { descriptor, size, checkpoint, hasCheckpointFile, texts } = snapshot;
  const damaged: DamagedLines = { count: 0, first: [] };
  try {
    const recomputed = descriptor === null ? NOTHING : await recompute(env, descriptor, size, damaged);
    const { rollout, baseline } = recomputed.state;
    return {
      taskId: env.taskId,
      isEmpty: size === 0 && !hasCheckpointFile && [...texts.values()].every((text) => text === null),
      runs: rollout.total,
      differences: compareMetrics(env, snapshot, recomputed),
      damaged,
      checkpointTrouble: 'unusable' in checkpoint && baseline !== null ? checkpoint.unusable : null,
      durationMs: Math.round(performance.now() - begin),
    };
  } finally {
    if (descriptor !== null) fs.closeSync(descriptor);
  }
}

const NOTHING: Recomputed = { state: emptyHistory(), covered: 0, tail: null, index: null };

/** Lines that do not count are added to `damaged`. */
async function recompute(
  env: TaskEnvironment,
  descriptor: number,
  size: number,
  damaged: DamagedLines,
): Promise<Recomputed> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'codex-metrics-'));
  try {
    const directory = path.join(scratch, 'index');
    const end = fingerprintOf(descriptor, size).tail;
    const { state, covered } = rebuildWithIndex(descriptor, size, directory, (line, number) =>
      addDamagedLine(damaged, line, number),
    );
    // Runs only append to it; what was read is of no use when somebody edits it in place.
    if (fingerprintOf(descriptor, size).tail !== end) throw metricsBusy(env, 'whoever rewrites its history');
    const { tail } = fingerprintOf(descriptor, covered);
    return { state, covered, tail, index: digestIndex(directory, covered) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
