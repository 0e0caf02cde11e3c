import { missFacts } from '../../cache/missFacts.ts';
import { isNoted, readStageNote, writeStageNote, type StageNote } from '../../cache/stageNote.ts';
import { dropStaleOutputs } from '../../cache/store/dropStaleOutputs.ts';
import type { StoredOutput } from '../../cache/store/entryDocument.ts';
import type { FoundEntry, Miss } from '../../cache/store/findEntry.ts';
import { restoreEntry } from '../../cache/store/restoreEntry.ts';
import { trackedOutputs } from '../../cache/store/trackedOutputs.ts';
import { type CachedStageRequest, noteFile } from './cachedStageRequest.ts';
import type { KnownLook } from './lookAtStage.ts';

/**
 * Brings the outputs of a stage to what its entry says: restores them, and removes what another result of the stage has
 * left in this checkout. Resolves with null, or with what keeps the entry from being used.
 *
 * @throws errno errors, and FailureError when git cannot be asked what it tracks.
 */
export async function applyEntry(
  request: CachedStageRequest,
  look: KnownLook,
  found: FoundEntry,
): Promise<Miss | null> {
  const { repoRoot } = request.env;
  const { outputs } = found.entry;
  const refusal = () => trackedReason(request);
  const restored = await restoreEntry(found, repoRoot, { refusal });
  if ('miss' in restored) return restored;
  if (restored.written > 0) request.snapshots.forget();
  const file = noteFile(request);
  if (isNoted(file, look.key)) return null;
  const stale = staleOutputs(readStageNote(file), outputs);
  if (Object.keys(stale).length > 0) {
    const miss = await refusal();
    if (miss !== null) return { miss, isAbsent: false };
    request.snapshots.forget();
    await dropStaleOutputs(repoRoot, stale, outputs);
  }
  noteResult(request, look, outputs);
  return null;
}

function staleOutputs(note: StageNote | null, now: readonly StoredOutput[]): Record<string, string> {
  const made = new Set(now.map(({ path }) => path));
  return Object.fromEntries(Object.entries(note?.outputs ?? {}).filter(([path]) => !made.has(path)));
}

/** Notes whose outputs lie in this checkout now. */
export function noteResult(
  request: CachedStageRequest,
  { key, facts, inputs }: KnownLook,
  outputs: readonly StoredOutput[],
): void {
  const hashes: Record<string, string> = {};
  for (const each of outputs) if (each.kind === 'file') hashes[each.path] = each.sha256;
  writeStageNote(noteFile(request), { key, facts: missFacts(facts, inputs.files), outputs: hashes });
}

/** Why the outputs of a stage are not to be written over, in words; null when they may be. */
export async function trackedReason({ stage, env }: CachedStageRequest): Promise<string | null> {
  const outputs = stage.cache?.outputs ?? [];
  const [tracked] = outputs.length === 0 ? [] : await trackedOutputs(env.repoRoot, outputs);
  return tracked === undefined ? null : `git tracks ${tracked}, which its output globs match`;
}
