import fs from 'node:fs';
import { acquireLock } from '../storage/lock.ts';
import { makeDirectory } from '../storage/makeDirectory.ts';
import { artifactPath, type TaskEnvironment, taskPaths } from './paths.ts';
import { readLegacyRunsIndex, readRunsIndex, textField, writeRunsIndex } from './runsIndexFile.ts';

/** The fields of a run summary that the index works with; everything else is kept as it is. */
export interface IndexedRun {
  runId: string;
  /** UTC ISO-8601; orders the runs. */
  timestamp: string;
}

/** Overrides of how long the state lock is waited for; an absent or undefined value keeps the default. */
export interface RunsIndexOptions {
  /** Default 5. */
  attempts?: number | undefined;
  /** Wait before the second attempt, in ms; doubled each time. Default 100, so at most 1.5 s in all. */
  delayMs?: number | undefined;
  /** Age in ms at which a lock of an unknown owner is taken over; <= 0 disables. Default 300 000. */
  staleMs?: number | undefined;
}

/** `recorded: false` means that the state lock was not obtained and nothing was written; a warning says so. */
export interface RunsIndexResult {
  recorded: boolean;
  warnings: string[];
}

/**
 * Puts the summary of a run into `<out>/<task>/runs.json`: in place of an earlier one of the same run id,
 * ordered by `timestamp` ascending (artifact contract, section 5).
 *
 * @throws FailureError `damaged-evidence` when the file cannot be parsed or belongs to another task (it is left as
 *   it is); errno errors.
 */
export async function recordRunInIndex(
  env: TaskEnvironment,
  run: IndexedRun,
  options: RunsIndexOptions = {},
): Promise<RunsIndexResult> {
  return withStateLock(env, options, async () => {
    const known = (await readRunsIndex(env)) ?? (await readLegacyRunsIndex(env));
    const others = (known?.runs ?? []).filter((other) => textField(other, 'runId') !== run.runId);
    await writeRunsIndex(env, [...others, run]);
  });
}

/**
 * Moves a runs index that an old version kept in `<out>/<task>/state.json` to `runs.json`, unless that exists.
 * Whoever replaces `state.json` calls this first, since the old history would be gone afterwards.
 *
 * @throws errno errors.
 */
export async function adoptLegacyRunsIndex(env: TaskEnvironment): Promise<void> {
  if (fs.existsSync(taskPaths(env).runsIndexPath)) return;
  if ((await readLegacyRunsIndex(env)) === null) return;
  // When the lock is busy, its holder is about to adopt the history itself.
  await withStateLock(env, {}, async () => {
    if (fs.existsSync(taskPaths(env).runsIndexPath)) return;
    const legacy = await readLegacyRunsIndex(env);
    if (legacy !== null) await writeRunsIndex(env, legacy.runs);
  });
}

async function withStateLock(
  env: TaskEnvironment,
  options: RunsIndexOptions,
  action: () => Promise<void>,
): Promise<RunsIndexResult> {
  makeDirectory(env.runsRoot);
  const result = await acquireLock(taskPaths(env).stateLockPath, {
    purpose: 'runs index',
    attempts: options.attempts ?? 5,
    delayMs: options.delayMs ?? 100,
    factor: 2,
    maxDelayMs: 800,
    staleMs: options.staleMs ?? 300_000,
  });
  if (result.status === 'busy') {
    const { stateLockPath, runsIndexPath } = taskPaths(env);
    const [lock, index] = [stateLockPath, runsIndexPath].map((file) => artifactPath(env, file));
    return { recorded: false, warnings: [`${index} was not updated: ${lock} is held by another process.`] };
  }
  try {
    await action();
  } finally {
    await result.lock.release();
  }
  return { recorded: true, warnings: [] };
}
