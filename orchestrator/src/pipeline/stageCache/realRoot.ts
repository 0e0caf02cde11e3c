import fs from 'node:fs';
import path from 'node:path';
import type { PlacedStage } from './stageCache.ts';

/**
 * The stage with a root that is free of symbolic links, and all that lies below it told from there: nothing is written
 * through a link, and a checkout has one name however it was reached.
 *
 * @throws the errno error of the file system when the root is not there
 */
export function realRoot<T extends Pick<PlacedStage, 'env' | 'startDirectory'>>(stage: T): T {
  const { repoRoot } = stage.env;
  const real = fs.realpathSync(repoRoot);
  if (real === repoRoot) return stage;
  const moved = (place: string): string => {
    const way = path.relative(repoRoot, place);
    return way === '..' || way.startsWith(`..${path.sep}`) ? place : path.join(real, way);
  };
  const { runsRoot, outRoot } = stage.env;
  const env = { ...stage.env, repoRoot: real, runsRoot: moved(runsRoot), outRoot: moved(outRoot) };
  return { ...stage, env, startDirectory: moved(stage.startDirectory) };
}
