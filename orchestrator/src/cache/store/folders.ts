import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';

/** What stands where a folder of the repository should be. */
export type FolderState = 'there' | 'missing' | { problem: string };

/**
 * Looks at folders that lead to outputs, given by their paths relative to the root of the repository, '' for itself.
 * A symbolic link is a problem wherever it leads: out of the repository, or to files that are not the outputs. Each
 * folder is looked at once.
 */
export function openFolders(repoRoot: string): (folder: string) => FolderState {
  const known = new Map<string, FolderState>([['', 'there']]);
  const look = (folder: string): FolderState => {
    const state = known.get(folder) ?? lookAt(folder);
    known.set(folder, state);
    return state;
  };
  const lookAt = (folder: string): FolderState => {
    const above = look(parentOf(folder));
    if (above !== 'there') return above;
    try {
      const stats = fs.lstatSync(path.join(repoRoot, folder));
      if (stats.isSymbolicLink()) return { problem: `"${folder}" is a symbolic link` };
      return stats.isDirectory() ? 'there' : { problem: `"${folder}" is no folder` };
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return 'missing';
      throw error;
    }
  };
  return look;
}

/** The folder that holds a path; '' at the top. */
export function parentOf(relative: string): string {
  return relative.slice(0, Math.max(0, relative.lastIndexOf('/')));
}
