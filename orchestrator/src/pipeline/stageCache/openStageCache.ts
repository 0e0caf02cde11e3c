import { openHashMemo, type HashMemo } from '../../cache/inputs/hashMemo.ts';
import { pruneCache, type CacheCaps } from '../../cache/store/pruneCache.ts';
import { FailureError } from '../../failure.ts';
import { errorCode } from '../../storage/errorCode.ts';
import { errorMessage } from '../../storage/errorMessage.ts';
import { memoPath, ownPlaces } from './cachePlaces.ts';
import { cachedStage } from './cachedStage.ts';
import { createRecentSnapshots } from './recentSnapshots.ts';
import { realRoot } from './realRoot.ts';
import { resultInPlace } from './resultInPlace.ts';
import type { StageCache, StageToCache } from './stageCache.ts';
import { keyOfUncached } from './stageFacts.ts';

export interface StageCacheOptions {
  /** Absolute. */
  cacheDir: string;
  caps: CacheCaps;
  /** Every stage runs, and its result replaces what is in the cache. */
  renew: boolean;
}

/**
 * Opens the stage cache. Nothing is read before it is needed. Once the cache or git has refused, it is left alone for the
 * rest of the run, and that is said once.
 */
export function openStageCache({ cacheDir, caps, renew }: StageCacheOptions): StageCache {
  let memo: HashMemo | null = null;
  const snapshots = createRecentSnapshots();
  let isBroken = false;

  const attempt = async <T>(warn: StageToCache['warn'], work: () => T | Promise<T>): Promise<T | null> => {
    if (isBroken) return null;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof FailureError) && errorCode(error) === '') throw error;
      // Stages side by side may meet the same trouble.
      if (!isBroken) warn(`The stage cache cannot be used (${reasonOf(error)}): stages run without it.`);
      isBroken = true;
      return null;
    }
  };
  return {
    begin(stage) {
      const root = realRoot(stage);
      memo ??= openHashMemo(memoPath(cacheDir, root.env.repoRoot));
      return cachedStage({
        ...root,
        cacheDir,
        memo,
        snapshots,
        exclude: ownPlaces(root, cacheDir),
        renew,
        attempt: (work) => attempt(stage.warn, work),
      });
    },
    running: (work) => snapshots.during(work),
    async isInPlace(stage, key) {
      try {
        return await resultInPlace({ ...realRoot(stage), cacheDir }, key);
      } catch (error) {
        // Whatever it is, the first stage that wants to use the cache meets it, too, and says so.
        if (errorCode(error) === '') throw error;
        return false;
      }
    },
    keyOfUncached: (stage) => keyOfUncached(realRoot(stage)),
    async close(warn) {
      if (memo === null) return;
      const used = memo;
      await attempt(warn, () => used.save());
      await attempt(warn, () => pruneCache(cacheDir, caps));
    },
  };
}

/** The message of a failure is only its kind. */
function reasonOf(error: unknown): string {
  if (!(error instanceof FailureError) || !('message' in error.failure)) return errorMessage(error);
  return error.failure.message;
}
