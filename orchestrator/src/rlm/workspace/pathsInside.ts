import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';

/**
 * Those of the absolute paths that lie inside `root`, relative to it with forward slashes. `root` is free of symbolic
 * links; the paths need not be, nor need they exist. Those inside of others are left out.
 */
export async function pathsInside(root: string, paths: readonly string[]): Promise<string[]> {
  const real = await Promise.all(paths.map(realPath));
  const inside = real
    .map((each) => path.relative(root, each))
    .filter(
      (each) => each !== '' && each !== '..' && !each.startsWith(`..${path.sep}`) && !path.isAbsolute(each),
    )
    .map((each) => each.split(path.sep).join('/'));
  return [...new Set(inside)].filter((each) => !inside.some((other) => each.startsWith(`${other}/`)));
}

async function realPath(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    const parent = path.dirname(file);
    if (errorCode(error) !== 'ENOENT' || parent === file) throw error;
    return path.join(await realPath(parent), path.basename(file));
  }
}
