import { DEFAULT_CAPS, type CacheCaps } from '../cache/store/pruneCache.ts';
export function cacheCapsOf(_env: NodeJS.ProcessEnv): CacheCaps {
  return DEFAULT_CAPS;
}
