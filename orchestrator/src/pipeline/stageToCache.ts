import type { CommandStage } from '../config/types.ts';
import { emit, type RunContext } from './runContext.ts';
import type { StageToCache } from './stageCache/stageCache.ts';

/**
 * A stage as the cache sees it.
 *
 * @param index 1-based
 */
export function stageToCache(context: RunContext, stage: CommandStage, index: number): StageToCache {
  const { env, plan, paths, settings, overrides, keys } = context;
  return {
    stage,
    env,
    pipelineId: plan.pipeline.id,
    runId: paths.runId,
    startDirectory: settings.startDirectory,
    processEnv: settings.processEnv,
    overrides,
    signal: settings.cancellation.signal,
    needs: keys.ofNeeds(index),
    warn: (message) => emit(context, { type: 'warning', message }),
  };
}
