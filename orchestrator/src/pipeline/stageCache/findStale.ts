import { isNoted, readStageNote } from '../../cache/stageNote.ts';
import type { StoredOutput } from '../../cache/store/entryDocument.ts';
import { editedOutput, type StaleOutputs } from '../../cache/store/staleOutputs.ts';
import { type CachedStageRequest, noteFile } from './cachedStageRequest.ts';
import { unknownOutputs } from './unknownOutputs.ts';

/** What a result meets among the outputs of its stage in a checkout. */
export interface Found {
  /** Outputs of another result, which have to go. */
  stale: StaleOutputs;
  /** Why the stage had better run, in words; null when the result can be put there. */
  obstacle: string | null;
  /** It is on record that this very result lies there. */
  noted: boolean;
}

/**
 * Looks at what an earlier result of a stage has left in this checkout and another one does not make. Changes nothing.
 *
 * @param key of that other one
 * @param outputs of that other one
 * @throws errno errors
 */
export async function findStale(
  request: Pick<CachedStageRequest, 'stage' | 'env' | 'pipelineId' | 'cacheDir'>,
  key: string,
  outputs: readonly StoredOutput[],
): Promise<Found> {
  const unknown = await unknownOutputs(request, key);
  if (unknown !== null) return { stale: {}, obstacle: unknown, noted: false };
  const file = noteFile(request);
  if (isNoted(file, key)) return { stale: {}, obstacle: null, noted: true };
  const made = new Set(outputs.map(({ path }) => path));
  const noted = Object.entries(readStageNote(file)?.outputs ?? {});
  const stale = Object.fromEntries(noted.filter(([path]) => !made.has(path)));
  const edited = await editedOutput(request.env.repoRoot, stale);
  const obstacle = edited === null ? null : `${edited} was edited since another result has left it`;
  return { stale, obstacle, noted: false };
}
