import path from 'node:path';
import { openHashMemo } from '../../cache/inputs/hashMemo.ts';
import { snapshotInputs } from '../../cache/inputs/snapshotInputs.ts';
import { globSet } from '../../cache/globs/globSet.ts';
import { CONFIG_FILE } from '../../config/loadConfig.ts';

/** What a list of input globs chooses, as the stage cache understands it. */
export interface InputFiles {
  /** SHA-256, hex, over all files and what they hold. */
  digest: string;
  /** Paths relative to the repository, each with a text that changes when the file does. */
  files: () => Map<string, string>;
  /** Folders in which such files are or could be. */
  folders: readonly string[];
}

/**
 * Returns the function that looks at what lists of input globs choose.
 *
 * The configuration file is none of it, unless a glob names it: it is looked at by itself. As the input of a stage that
 * reads anything it would end a run even when it cannot be loaded.
 *
 * @param memoFile - where the stage cache keeps its hashes; it is only read.
 * @param exclude - absolute paths in which there are no inputs.
 */
export function openInputFiles(
  repoRoot: string,
  memoFile: string,
  exclude: readonly string[],
): (globs: readonly string[]) => Promise<InputFiles> {
  const memo = openHashMemo(memoFile);
  return async (globs) => {
    const snapshot = await snapshotInputs({ repoRoot, patterns: globs, memo, exclude });
    const { digest, folders } = snapshot;
    const hasConfig = globs.some((glob) => path.posix.normalize(glob) === CONFIG_FILE);
    const files = (): Map<string, string> =>
      new Map(
        snapshot.files
          .filter((file) => hasConfig || file.path !== CONFIG_FILE)
          .map((file) => [file.path, `${file.kind} ${file.executable} ${file.hash}`]),
      );
    return { digest, folders, files };
  };
}

/** Returns the function that tells whether a file is an output of a stage. Each stage has its list of globs. */
export async function outputFilter(
  lists: readonly (readonly string[])[],
): Promise<(path: string) => boolean> {
  const all = await Promise.all(lists.map((globs) => globSet(globs, 'output')));
  return (path) => all.some((globs) => globs.takes(path));
}
