import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Counted, FileActivity } from './fileActivity.ts';
import { createDraft, discard, publishDraft, type LockDraft } from './lockDraft.ts';
import { isAbandoned, livenessOf, readLock, type LockOwner, type LockSnapshot } from './lockFile.ts';
import { removeTakeoverLitter, takeOver } from './lockTakeover.ts';

export type { LockOwner } from './lockFile.ts';

export interface LockOptions extends Counted {
  /** What the lock is held for, in words. */
  purpose: string;
  /** How often it is tried before the lock counts as busy. Default 1. */
  attempts?: number;
  /** Wait after the first attempt, in ms. Default 50. */
  delayMs?: number;
  /** By which every further wait is longer. Default 2. */
  factor?: number;
  /** Longest single wait, in ms. Default 200. */
  maxDelayMs?: number;
  /** Age in ms from which a lock is taken over whose owner cannot be judged. Default 300 000; 0 or less: never. */
  staleMs?: number;
  /** Asked before every further attempt: true means that nobody needs the lock any more, and it counts as busy. */
  isNeedless?: () => boolean;
}

export interface HeldLock {
  path: string;
  owner: LockOwner;
  /** Removes the lock if it is still ours; does nothing otherwise. */
  release(): Promise<void>;
}

export type LockResult =
  | { status: 'acquired'; lock: HeldLock }
  /** `holder` and `ageMs` describe who has it or is taking it over; null when the lock does not say. */
  | { status: 'busy'; holder: LockOwner | null; ageMs: number | null };

/**
 * Acquires a lock file. A free lock takes a few system calls and no wait. The lock of a dead process is taken over
 * at once, the lock of a living one never; one that cannot be judged (empty, not ours, of another host or container)
 * when it is older than `staleMs`. A takeover uses up no attempt.
 *
 * @throws the errno error of the file system; only "it exists" is tried again.
 */
export async function acquireLock(path: string, options: LockOptions): Promise<LockResult> {
  const { attempts = 1, delayMs = 50, factor = 2, maxDelayMs = 200, activity } = options;
  let waitMs = delayMs;
  for (let attempt = 1; ; attempt += 1) {
    const result = await tryLock(path, options);
    if (result.status === 'acquired' || attempt >= attempts) return result;
    await pause(Math.min(waitMs, maxDelayMs), activity);
    if (options.isNeedless?.() === true) return result;
    waitMs *= factor;
  }
}

/**
 * Says who holds a lock, without changing anything; null when it is free. `ageMs` is the age of the file, `owner` is
 * null when the file does not name one.
 *
 * @throws the errno error of the file system.
 */
export async function inspectLock(
  path: string,
): Promise<{ owner: LockOwner | null; liveness: 'alive' | 'dead' | 'unknown'; ageMs: number } | null> {
  const lock = readLock(path);
  return lock === null ? null : { owner: lock.owner, liveness: livenessOf(lock), ageMs: lock.ageMs };
}

async function pause(ms: number, activity: FileActivity | undefined): Promise<void> {
  const since = performance.now();
  await delay(ms);
  if (activity === undefined) return;
  activity.locks.waits += 1;
  activity.locks.waited_ms += performance.now() - since;
}

/** How often a lock may change hands under our eyes within one attempt. */
const MAX_LOOKS = 100;

// Synchronous calls: each is a few microseconds, and on the thread pool the way there costs more than the call.
async function tryLock(path: string, options: LockOptions): Promise<LockResult> {
  const { purpose, staleMs = 300_000, activity } = options;
  let draft: LockDraft | null = null;
  try {
    for (let look = 0; look < MAX_LOOKS; look += 1) {
      const seen = readLock(path, activity);
      // A network file system may answer "exists" to a link of ours that was made: then this is our own lock.
      if (seen !== null && seen.key === draft?.owner.token) return acquired(path, draft.owner, activity);
      if (seen !== null && !isAbandoned(seen, staleMs)) return busy(seen);
      draft ??= createDraft(path, purpose, activity);
      if (seen === null) {
        if (publishDraft(draft, path, activity)) return acquired(path, draft.owner, activity);
        continue;
      }
      const takeover = takeOver(path, seen, draft, staleMs, activity);
      if (takeover.kind === 'claimed') return busy(takeover.claim);
      if (takeover.kind === 'taken') {
        // The lock is ours; litter that cannot be removed is no reason to say otherwise. The next takeover tries again.
        await removeTakeoverLitter(path).catch(() => {});
        if (activity !== undefined) activity.locks.taken_over += 1;
        return acquired(path, draft.owner, activity);
      }
    }
    return { status: 'busy', holder: null, ageMs: null };
  } finally {
    if (draft !== null) discard(draft.path);
  }
}

function busy(lock: LockSnapshot): LockResult {
  return { status: 'busy', holder: lock.owner, ageMs: lock.ageMs };
}

function acquired(path: string, owner: LockOwner, activity: FileActivity | undefined): LockResult {
  if (activity !== undefined) activity.locks.acquired += 1;
  const letGo = async () => release(path, owner.token, activity);
  return { status: 'acquired', lock: { path, owner, release: letGo } };
}

// Nobody takes over the lock of a living process of this host, so between the look and the removal it stays ours.
function release(path: string, token: string, activity: FileActivity | undefined): void {
  if (readLock(path, activity)?.key === token) fs.rmSync(path, { force: true });
}
