import fs from 'node:fs';
import path from 'node:path';
import type { FileActivity } from './fileActivity.ts';
import { discard, publishDraft, type LockDraft } from './lockDraft.ts';
import { isAbandoned, readLock, type LockSnapshot } from './lockFile.ts';
import { sweepTempFiles } from './sweepTempFiles.ts';

export type Takeover =
  | { kind: 'taken' }
  /** The lock is not the one that was seen any more: look again. */
  | { kind: 'changed' }
  /** Somebody else is about to take it over. */
  | { kind: 'claimed'; claim: LockSnapshot };

/**
 * Takes over an abandoned lock, at most one of all that try. Replacing it is not exclusive by itself: of two that
 * saw it dead, the slower would replace the lock of the faster. So first the right to replace this very lock is
 * claimed, by exclusively creating `<lock>.takeover-<key of the lock>`. The claimant looks at the lock once more
 * and renames its own over it; the path is never free in between. Claims are removed after the lock was replaced,
 * when they cannot matter any more, because the key of a replaced lock never comes back.
 *
 * What is left open: a lock taken by age alone, whose owner lives after all and releases it between that second
 * look and the rename while a third process acquires it. Age is a guess; only proof of death is safe.
 *
 * @param seen - the lock as it was when it was judged abandoned
 * @param draft - becomes the lock; consumed when taken
 * @throws the errno error of the file system; the lock is then unchanged.
 */
export function takeOver(
  lock: string,
  seen: LockSnapshot,
  draft: LockDraft,
  staleMs: number,
  activity?: FileActivity,
): Takeover {
  const claim = claimRight(lock, seen.key, { draft, staleMs, activity });
  if (typeof claim !== 'string') return claim;
  try {
    if (readLock(lock, activity)?.key !== seen.key) return { kind: 'changed' };
    fs.renameSync(draft.path, lock);
    return { kind: 'taken' };
  } finally {
    discard(claim);
  }
}

/**
 * Removes all claims on earlier locks, and drafts that nobody works on. Only the new owner may call it, before it
 * lets anybody know: while it lives no claim can matter.
 */
export async function removeTakeoverLitter(lock: string): Promise<void> {
  const prefix = path.basename(claimPath(lock, ''));
  const directory = path.dirname(lock);
  for (const name of await fs.promises.readdir(directory)) {
    if (name.startsWith(prefix)) discard(path.join(directory, name));
  }
  await sweepTempFiles(lock);
}

const MAX_CLAIMS = 1000;

interface Claimant {
  draft: LockDraft;
  staleMs: number;
  activity: FileActivity | undefined;
}

/**
 * A claimant may be killed as well. Its claim then names it, and the right passes to whoever claims *that* claim,
 * and so on. Dead claims stay in place until the lock is replaced: were they removed earlier, a slower process
 * could create one of them anew beside the claimant at the end of the chain.
 *
 * @returns the path of the claim that is ours now.
 */
function claimRight(lock: string, key: string, claimant: Claimant): string | Takeover {
  const { draft, staleMs, activity } = claimant;
  let wanted = key;
  let claim: LockSnapshot | null = null;
  for (let depth = 0; depth < MAX_CLAIMS; depth += 1) {
    const place = claimPath(lock, wanted);
    if (publishDraft(draft, place, activity)) return place;
    claim = readLock(place, activity);
    if (claim === null) return { kind: 'changed' };
    if (!isAbandoned(claim, staleMs)) return { kind: 'claimed', claim };
    wanted = claim.key;
  }
  return claim === null ? { kind: 'changed' } : { kind: 'claimed', claim };
}

function claimPath(lock: string, key: string): string {
  return `${lock}.takeover-${key}`;
}
