import { stageNotePath, stageWorkFolder } from '../../cache/stageNote.ts';
import type { LookRequest } from './lookAtStage.ts';
import type { StageToCache } from './stageCache.ts';

/** A stage that may be cached, and the cache. */
export interface CachedStageRequest extends LookRequest, StageToCache {
  /** Absolute. */
  cacheDir: string;
  /** It runs, whatever is in the cache. */
  renew: boolean;
  /** Does something with the cache; null when that is not possible, which has been said then. */
  attempt<T>(work: () => Promise<T>): Promise<T | null>;
}

/** Whether a stage makes anything that the cache would restore. */
export function hasOutputs({ stage }: Pick<CachedStageRequest, 'stage'>): boolean {
  return (stage.cache?.outputs ?? []).length > 0;
}

/** Where it is noted which result of the stage lies in this checkout. */
export function noteFile({ env, pipelineId, stage, cacheDir }: StageInCache): string {
  const outputs = stage.cache?.outputs ?? [];
  return stageNotePath(cacheDir, { repoRoot: env.repoRoot, pipelineId, stageId: stage.id, outputs });
}

/** Where those who work at the outputs of the stage in this checkout leave their marks. */
export function workFolder(stage: StageInCache): string {
  return stageWorkFolder(noteFile(stage));
}

type StageInCache = Pick<CachedStageRequest, 'env' | 'pipelineId' | 'stage' | 'cacheDir'>;
