import { newestRuns, taskIds } from '../../run/findRun.ts';
import { runPaths, taskPaths, type TaskEnvironment } from '../../run/paths.ts';
import { inspectLock } from '../../storage/lock.ts';
import { count } from '../present/runLines.ts';
import { ok, warn, type Check } from './check.ts';

/** A long history is not read to its end: what was killed long ago hardly matters now. */
const MOST_RUNS = 1000;
const MOST_NAMED = 3;

/** Counts runs whose owner died at work: its lock is left behind. */
export async function checkDeadRuns(env: TaskEnvironment): Promise<Check> {
  const dead: string[] = [];
  let looked = 0;
  for (const { taskId, runId } of newestRuns(env, taskIds(env), () => true)) {
    if (looked === MOST_RUNS) break;
    looked += 1;
    const lock = await inspectLock(runPaths({ ...env, taskId }, runId).ownerLockPath);
    if (lock?.liveness === 'dead') dead.push(runId);
  }
  if (dead.length === 0) return ok('dead runs', `none among ${count(looked, 'run')}`);
  const named = dead.slice(0, MOST_NAMED).join(', ');
  return warn(
    'dead runs',
    `${count(dead.length, 'run')} whose process died: ${named}${dead.length > MOST_NAMED ? ', …' : ''}`,
    'Finish one with `codex-orchestrator resume --run <id>`.',
  );
}

/** Counts locks of whole tasks that a dead process left behind. */
export async function checkDeadLocks(env: TaskEnvironment): Promise<Check> {
  const dead: string[] = [];
  for (const taskId of taskIds(env)) {
    const { metricsLockPath, stateLockPath } = taskPaths({ ...env, taskId });
    for (const path of [metricsLockPath, stateLockPath]) {
      if ((await inspectLock(path))?.liveness === 'dead') dead.push(path);
    }
  }
  if (dead.length === 0) return ok('dead locks', 'none');
  return warn('dead locks', dead.join(', '), 'Nothing to do: the next run takes them over.');
}
