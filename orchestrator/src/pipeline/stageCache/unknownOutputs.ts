import { workState } from '../../cache/stageWork.ts';
import { type CachedStageRequest, hasOutputs, workFolder } from './cachedStageRequest.ts';

export const AT_WORK = 'another run is at work on its outputs';

/**
 * Why it is not known what lies among the outputs of a stage, so that it had better run, in words; null when it is known.
 *
 * @param key of the result that is to be there
 * @throws errno errors
 */
export async function unknownOutputs(
  request: Pick<CachedStageRequest, 'stage' | 'env' | 'pipelineId' | 'cacheDir'>,
  key: string,
): Promise<string | null> {
  if (!hasOutputs(request)) return null;
  const state = await workState(workFolder(request), key);
  if (state === 'none') return null;
  return state === 'left' ? 'it was not finished the last time, or not stored' : AT_WORK;
}
