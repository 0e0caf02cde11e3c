import { isNoted } from '../../cache/stageNote.ts';
import { readEntry } from '../../cache/store/findEntry.ts';
import { outputsInPlace } from '../../cache/store/outputsInPlace.ts';
import { type CachedStageRequest, hasOutputs, noteFile } from './cachedStageRequest.ts';
import { unknownOutputs } from './unknownOutputs.ts';

/**
 * Whether what a stage has made under a key still lies in this checkout as it was.
 *
 * @throws errno errors
 */
export async function resultInPlace(
  request: Pick<CachedStageRequest, 'stage' | 'env' | 'pipelineId' | 'cacheDir'>,
  key: string,
): Promise<boolean> {
  if (!hasOutputs(request)) return true;
  const found = readEntry(request.cacheDir, key);
  if ('miss' in found || !isNoted(noteFile(request), key)) return false;
  if ((await unknownOutputs(request, key)) !== null) return false;
  return outputsInPlace(found.entry.outputs, request.env.repoRoot);
}
