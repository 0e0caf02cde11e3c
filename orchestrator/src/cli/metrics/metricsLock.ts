import type { TaskEnvironment } from '../../run/paths.ts';
import { taskPaths } from '../../run/paths.ts';
import { acquireLock } from '../../storage/lock.ts';
import { makeDirectory } from '../../storage/makeDirectory.ts';

/** Overrides of how long the metrics lock is waited for; an absent or undefined value keeps the default. */
export interface MetricsLockOptions {
  /** Default 4. */
  attempts?: number | undefined;
  /** Wait before the second attempt, in ms. Default 50. */
  delayMs?: number | undefined;
  /** Growth of the wait from one attempt to the next. Default 2. */
  factor?: number | undefined;
  /** Longest wait, in ms. Default 200. */
  maxDelayMs?: number | undefined;
  /** Age in ms at which a lock of an unknown owner is taken over; <= 0 disables. Default 300 000. */
  staleMs?: number | undefined;
}

/**
 * Runs `action` while this process alone may touch the metrics files of the task. With the defaults it waits for
 * the lock for at most about 350 ms (metrics contract, section 1).
 *
 * @returns false when the lock was not obtained and `action` did not run.
 * @throws what `action` throws, after the lock was released; errno errors of the lock file other than "exists".
 */
export async function withMetricsLock(
  env: TaskEnvironment,
  action: () => Promise<void>,
  options: MetricsLockOptions = {},
): Promise<boolean> {
  const { taskDir, metricsLockPath } = taskPaths(env);
  makeDirectory(taskDir);
  const result = await acquireLock(metricsLockPath, {
    purpose: 'metrics',
    attempts: options.attempts ?? 4,
    delayMs: options.delayMs ?? 50,
    factor: options.factor ?? 2,
    maxDelayMs: options.maxDelayMs ?? 200,
    staleMs: options.staleMs ?? 300_000,
    activity: env.activity,
  });
  if (result.status === 'busy') return false;
  try {
    await action();
  } finally {
    await result.lock.release();
  }
  return true;
}
