import fs from 'node:fs';
import { acquireLock } from '../storage/lock.ts';
import { makeDirectory } from '../storage/makeDirectory.ts';
import { type IndexedRun, isMergeDue, type Merge, mergeAnnounced } from './mergeAnnounced.ts';
import { artifactPath, type TaskEnvironment, taskPaths } from './paths.ts';
import { readLegacyRunsIndex, writeRunsIndex } from './runsIndexFile.ts';

export type { IndexedRun } from './mergeAnnounced.ts';

export interface RunsIndexOptions {
  /** What `announceRun` returned for this run. */
  announcement?: string;
  /** How often the state lock is tried; an absent or undefined value keeps the default, 5. */
  attempts?: number | undefined;
  /** Wait before the second attempt, in ms; doubled each time. Default 100, so at most 1.5 s in all. */
  delayMs?: number | undefined;
  /** Age in ms at which a lock of an unknown owner is taken over; <= 0 disables. Default 300 000. */
  staleMs?: number | undefined;
}

/** `recorded: false` means that the state lock was not obtained and the run is not in the index; a warning says so. */
export interface RunsIndexResult {
  recorded: boolean;
  warnings: string[];
}

/**
 * Puts the summary of a run into `<out>/<task>/runs.json`: in place of an earlier one of the same run id,
 * ordered by `timestamp` ascending (artifact contract, section 5); and with it all runs that were announced. When that
 * file has grown, its oldest runs go to the archive beside it.
 *
 * Whoever has had the state lock looks for announcements once more after letting go of it, and tries it again if there
 * are any. So an announced run that finds the lock busy is brought in by the one that holds it; this waits for that.
 *
 * @throws FailureError `damaged-evidence` when the file cannot be parsed or belongs to another task (it is left as
 *   it is, and announcements are kept until it is put right); errno errors.
 */
export async function recordRunInIndex(
  env: TaskEnvironment,
  run: IndexedRun,
  options: RunsIndexOptions = {},
): Promise<RunsIndexResult> {
  const { announcement } = options;
  const isIndexed = () => announcement !== undefined && !fs.existsSync(announcement);
  const merged = await underStateLock(env, { ...options, isIndexed }, () => mergeAnnounced(env, run));
  if (merged !== null) {
    const late = await recordAnnouncedRuns(env);
    return { recorded: true, warnings: [...merged.warnings, ...late.warnings] };
  }
  if (isIndexed()) return { recorded: true, warnings: [] };
  const { stateLockPath, runsIndexPath } = taskPaths(env);
  const [lock, index] = [stateLockPath, runsIndexPath].map((file) => artifactPath(env, file));
  const held = `${lock} is held by another process.`;
  return {
    recorded: false,
    warnings: [
      announcement === undefined
        ? `${index} was not updated: ${held}`
        : `This run is not in ${index} yet: ${held} The next run adds it.`,
    ],
  };
}

/**
 * Puts announced runs into the index, whose processes were killed or found the lock busy, until none is left or somebody
 * else has the lock.
 *
 * @throws as {@link recordRunInIndex}.
 */
export async function recordAnnouncedRuns(env: TaskEnvironment): Promise<Merge> {
  const all: Merge = { runIds: [], warnings: [] };
  while (isMergeDue(env)) {
    const merged = await underStateLock(env, { attempts: 1 }, () => mergeAnnounced(env, null));
    if (merged === null) break;
    all.runIds.push(...merged.runIds);
    all.warnings.push(...merged.warnings);
  }
  return all;
}

/**
 * Moves a runs index that an old version kept in `<out>/<task>/state.json` to `runs.json`, unless that exists.
 * Whoever replaces `state.json` calls this first, since the old history would be gone afterwards.
 *
 * @returns whether `state.json` may be replaced; false while the index could not be moved, because another process has
 *   the lock.
 * @throws errno errors.
 */
export async function adoptLegacyRunsIndex(env: TaskEnvironment): Promise<boolean> {
  const isThere = () => fs.existsSync(taskPaths(env).runsIndexPath);
  if (isThere() || (await readLegacyRunsIndex(env)) === null) return true;
  await underStateLock(env, {}, async () => {
    if (isThere()) return;
    const legacy = await readLegacyRunsIndex(env);
    if (legacy !== null) await writeRunsIndex(env, legacy.runs);
  });
  await recordAnnouncedRuns(env);
  return isThere();
}

/** Null when the lock is busy, or the run came into the index while it was waited for. */
async function underStateLock<T>(
  env: TaskEnvironment,
  options: RunsIndexOptions & { isIndexed?: () => boolean },
  action: () => Promise<T>,
): Promise<T | null> {
  makeDirectory(env.runsRoot);
  const result = await acquireLock(taskPaths(env).stateLockPath, {
    purpose: 'runs index',
    attempts: options.attempts ?? 5,
    delayMs: options.delayMs ?? 100,
    factor: 2,
    maxDelayMs: 800,
    staleMs: options.staleMs ?? 300_000,
    activity: env.activity,
    ...(options.isIndexed && { isNeedless: options.isIndexed }),
  });
  if (result.status === 'busy') return null;
  try {
    return await action();
  } finally {
    await result.lock.release();
  }
}
