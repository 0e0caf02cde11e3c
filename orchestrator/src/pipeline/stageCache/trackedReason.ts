import { trackedOutputs } from '../../cache/store/trackedOutputs.ts';
import type { PlacedStage } from './stageCache.ts';

/**
 * Why the outputs of a stage are not to be written over, in words; null when they may be.
 *
 * @throws FailureError when git cannot be asked what it tracks
 */
export async function trackedReason({
  stage,
  env,
}: Pick<PlacedStage, 'stage' | 'env'>): Promise<string | null> {
  const outputs = stage.cache?.outputs ?? [];
  const [tracked] = outputs.length === 0 ? [] : await trackedOutputs(env.repoRoot, outputs);
  return tracked === undefined ? null : `git tracks ${tracked}, which its output globs match`;
}
