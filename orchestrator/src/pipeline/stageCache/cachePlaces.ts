import { hash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { storeLayout } from '../../cache/store/layout.ts';
import { evidencePlaces } from '../../run/paths.ts';
import type { PlacedStage } from './stageCache.ts';

/** Absolute paths in which there are neither inputs nor outputs of stages. */
export function ownPlaces({ env }: Pick<PlacedStage, 'env'>, cacheDir: string): string[] {
  return [...evidencePlaces(env), storeLayout(cacheDir).root];
}

/**
 * Where what is known of the files of a checkout is kept, however that was reached; several may share a cache.
 *
 * @throws the errno error of the file system when the root is not there
 */
export function memoPath(cacheDir: string, repoRoot: string): string {
  return path.join(storeLayout(cacheDir).hashes, `${hash('sha256', fs.realpathSync(repoRoot))}.bin`);
}
