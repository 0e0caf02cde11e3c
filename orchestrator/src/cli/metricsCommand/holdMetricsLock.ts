import { FailureError } from '../../failure.ts';
import { describeHolder } from '../../run/claimRun.ts';
import { artifactPath, type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import { inspectLock } from '../../storage/lock.ts';
import { withMetricsLock } from '../metrics/metricsAggregator.ts';

/** About 5 s in all: longer than any run holds the lock. */
const ATTEMPTS = 27;

/**
 * Runs `action` under the metrics lock of a task.
 *
 * @throws FailureError `metrics-busy` when somebody else keeps it; what `action` throws; errno errors
 */
export async function holdMetricsLock<T>(
  env: TaskEnvironment,
  action: () => Promise<T>,
  attempts = ATTEMPTS,
): Promise<T> {
  const results: T[] = [];
  const run = async (): Promise<void> => void results.push(await action());
  const isHeld = await withMetricsLock(env, run, { attempts });
  if (isHeld) for (const result of results) return result;
  const { metricsLockPath } = taskPaths(env);
  const lock = await inspectLock(metricsLockPath);
  throw metricsBusy(env, describeHolder(lock?.owner ?? null, artifactPath(env, metricsLockPath)));
}

/** @param owner who has the lock, in words */
export function metricsBusy({ taskId }: TaskEnvironment, owner: string): FailureError {
  return new FailureError({ kind: 'metrics-busy', taskId, owner });
}
