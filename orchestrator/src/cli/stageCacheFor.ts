import type { Pipeline, PipelineConfig } from '../config/types.ts';
import { FailureError } from '../failure.ts';
import type { StageCache } from '../pipeline/stageCache/stageCache.ts';
import { cacheCapsOf } from './cacheCaps.ts';
import { cacheDirOf } from './cacheDir.ts';
import type { CliContext } from './context.ts';
import { resolveRoots } from './environment.ts';
import { someStage } from './someStage.ts';

/**
 * The stage cache for a pipeline; null where it is not wanted, or no stage can use it: then its code is not even loaded.
 *
 * @throws FailureError `usage` for options or variables that make no sense
 */
export async function stageCacheFor(
  { env, cwd }: CliContext,
  { noCache = false, force = false }: { noCache?: boolean; force?: boolean },
  { pipeline, config }: { pipeline: Pipeline; config: PipelineConfig },
): Promise<StageCache | null> {
  if (noCache && force) {
    const message = '--no-cache stores nothing, and --force is there to store anew: choose one of them';
    throw new FailureError({ kind: 'usage', message });
  }
  if (noCache || !someStage(pipeline, config, ({ cache }) => cache !== undefined)) return null;
  const { runsRoot } = resolveRoots(env, cwd);
  const cacheDir = cacheDirOf({ runsRoot, startDirectory: cwd, processEnv: env });
  const { openStageCache } = await import('../pipeline/stageCache/openStageCache.ts');
  return openStageCache({ cacheDir, caps: cacheCapsOf(env), renew: force });
}
