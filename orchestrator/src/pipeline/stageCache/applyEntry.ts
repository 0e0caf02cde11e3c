import { isNoted, keepNote, readStageNote } from '../../cache/stageNote.ts';
import { beginWork, type StageWork } from '../../cache/stageWork.ts';
import type { FoundEntry } from '../../cache/store/findEntry.ts';
import { restoreEntry } from '../../cache/store/restoreEntry.ts';
import { dropStaleOutputs, editedOutput, type StaleOutputs } from '../../cache/store/staleOutputs.ts';
import { type CachedStageRequest, noteFile, workFolder } from './cachedStageRequest.ts';
import type { KnownLook } from './lookAtStage.ts';
import { noteResult } from './noteResult.ts';
import { trackedReason } from './trackedReason.ts';
import { AT_WORK, unknownOutputs } from './unknownOutputs.ts';

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
  const unknown = await unknownOutputs(request, look.key);
  if (unknown !== null) return { why: unknown, isFault: false };
  const { repoRoot } = request.env;
  const { outputs } = found.entry;
  const noted = isNoted(noteFile(request), look.key);
  const stale = noted ? {} : staleOutputs(request, found);
  const edited = await editedOutput(repoRoot, stale);
  if (edited !== null) {
    return { why: `${edited} was edited since another result has left it`, isFault: false };
  }

  const change: { work: StageWork | null } = { work: null };
  let isKnown = false;
  const refusal = async (): Promise<string | null> => {
    change.work ??= await beginWork(workFolder(request), look.key);
    request.snapshots.forget();
    return (await change.work.isAlone()) ? trackedReason(request) : AT_WORK;
  };
  try {
    const restored = await restoreEntry(found, repoRoot, { refusal });
    if ('miss' in restored) {
      isKnown = true;
      return { why: restored.miss, isFault: restored.miss !== AT_WORK };
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
    if (noted) keepNote(noteFile(request));
    else noteResult(request, look, outputs);
    isKnown = true;
    return null;
  } finally {
    if (change.work !== null) request.snapshots.forget();
    await change.work?.end(isKnown);
  }
}

function staleOutputs(request: CachedStageRequest, { entry }: FoundEntry): StaleOutputs {
  const made = new Set(entry.outputs.map(({ path }) => path));
  const noted = readStageNote(noteFile(request))?.outputs ?? {};
  return Object.fromEntries(Object.entries(noted).filter(([path]) => !made.has(path)));
}
