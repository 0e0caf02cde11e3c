import path from 'node:path';
import { cacheKey, type KeyFacts } from '../../cache/cacheKey.ts';
import { ENTRY_VERSION } from '../../cache/store/entryDocument.ts';
import { lastingEnvironment } from '../stageEnvironment.ts';
import type { PlacedStage } from './stageCache.ts';

const NODE_MAJOR = Number(process.versions.node.split('.')[0]);

/**
 * The facts of a stage that make up its key.
 *
 * @param inputs digest of its inputs
 * @param needs keys of the stages it needs
 */
export function stageFacts(
  placed: PlacedStage,
  inputs: string,
  needs: Readonly<Record<string, string>>,
): KeyFacts {
  const { stage, startDirectory, overrides } = placed;
  const { repoRoot } = placed.env;
  const { command, argv = null, cwd, env, cache } = stage;
  const given = new Map(Object.entries(lastingEnvironment(placed)));
  return {
    command,
    argv,
    cwd: cwd === undefined ? '' : path.relative(repoRoot, path.resolve(startDirectory, cwd)),
    env: { ...overrides, ...env },
    namedEnv: Object.fromEntries((cache?.env ?? []).map((name) => [name, given.get(name) ?? null])),
    inputs,
    outputs: cache?.outputs ?? [],
    needs,
    platform: process.platform,
    arch: process.arch,
    nodeMajor: NODE_MAJOR,
    format: ENTRY_VERSION,
  };
}

/**
 * The key of a stage that is not cached; null when one of those it needs has none. It does not tell what its inputs hold:
 * those that need it have to name the files that it makes among their own inputs. Pure.
 */
export function keyOfUncached(stage: PlacedStage): string | null {
  return stage.needs && cacheKey(stageFacts(stage, '', stage.needs));
}
