import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { FailureError } from '../../failure.ts';
import { errorCode } from '../../storage/errorCode.ts';
import { CACHE_DIR_VARIABLE, cacheDirOf } from '../cacheDir.ts';
import type { CliContext } from '../context.ts';
import { resolveRoots } from '../environment.ts';

/** Where the stage cache is. */
export interface CachePlace {
  /** Absolute; need not exist. */
  cacheDir: string;
  /** A path as people know it: relative to the repository when it is inside. */
  shown: (file: string) => string;
}

/**
 * The cache that runs started here would use. That it is not there yet is fine. One that cannot be listed is as good as
 * none for a run, but an error for somebody who asks for it.
 *
 * @throws FailureError `usage` for a variable that names what is no folder; the errno error of the file system.
 */
export async function findCache({ env, cwd }: Pick<CliContext, 'env' | 'cwd'>): Promise<CachePlace> {
  const { repoRoot, runsRoot } = resolveRoots(env, cwd);
  const cacheDir = cacheDirOf({ runsRoot, startDirectory: cwd, processEnv: env });
  await readdir(cacheDir).catch((error: unknown) => {
    const code = errorCode(error);
    const named = env[CACHE_DIR_VARIABLE]?.trim();
    if (code === 'ENOTDIR' && named) {
      const message = `${CACHE_DIR_VARIABLE} names ${cacheDir}, which is no folder`;
      throw new FailureError({ kind: 'usage', message });
    }
    if (code !== 'ENOENT') throw error;
  });
  return {
    cacheDir,
    shown: (file) => {
      const relative = path.relative(repoRoot, file);
      return relative.split(path.sep)[0] === '..' ? file : relative || '.';
    },
  };
}
