import { beginWork, type StageWork } from '../../cache/stageWork.ts';
import { CANCELLED } from '../../cache/store/refusal.ts';
import { touch } from '../../cache/touch.ts';
import type { FoundEntry } from '../../cache/store/findEntry.ts';
import { restoreEntry } from '../../cache/store/restoreEntry.ts';
import { dropStaleOutputs } from '../../cache/store/staleOutputs.ts';
import { type CachedStageRequest, noteFile, workFolder } from './cachedStageRequest.ts';
import type { KnownLook } from './lookAtStage.ts';
import { findStale } from './findStale.ts';
import { noteResult } from './noteResult.ts';
import { trackedReason } from './trackedReason.ts';
import { AT_WORK } from './unknownOutputs.ts';

/** What keeps an entry from being used, in words. */
export interface Trouble {
  why: string;
  /** It is worth a line: the entry is damaged, or the stage set up in a way that it cannot be used. */
  isFault: boolean;
}

/**
 * Brings the outputs of a stage to what its entry says: restores them, and removes what another result of the stage has
 * left in this checkout. Where nobody knows what lies among the outputs the stage had better run. Resolves with null, or
 * with what keeps the entry from being used.
 *
 * @throws errno errors, and FailureError when git cannot be asked what it tracks.
 */
export async function applyEntry(
  request: CachedStageRequest,
  look: KnownLook,
  found: FoundEntry,
): Promise<Trouble | null> {
  const { stale, obstacle, noted } = await findStale(request, look.key, found.entry.outputs);
  if (obstacle !== null) return { why: obstacle, isFault: false };
  const { repoRoot } = request.env;
  const { outputs } = found.entry;
  const change: { work: StageWork | null } = { work: null };
  let isKnown = false;
  const refusal = async (): Promise<string | null> => {
    change.work ??= await beginWork(workFolder(request), look.key);
    request.snapshots.forget();
    return (await change.work.isAlone()) ? trackedReason(request) : AT_WORK;
  };
  try {
    const restored = await restoreEntry(found, repoRoot, { refusal, signal: request.signal });
    if ('miss' in restored) {
      isKnown = true;
      return { why: restored.miss, isFault: ![AT_WORK, CANCELLED].includes(restored.miss) };
    }
    if (Object.keys(stale).length > 0) {
      const why = await refusal();
      if (why !== null) {
        isKnown = restored.written === 0;
        return { why, isFault: why !== AT_WORK };
      }
      await dropStaleOutputs(repoRoot, stale, outputs);
    }
    if (change.work !== null && !(await change.work.isAlone())) return { why: AT_WORK, isFault: false };
    if (noted) touch(noteFile(request));
    else noteResult(request, look, outputs);
    isKnown = true;
    return null;
  } finally {
    if (change.work !== null) request.snapshots.forget();
    await change.work?.end(isKnown);
  }
}
