import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { GitError } from './git.ts';
import { pathsInside } from './pathsInside.ts';
import { openPrivateIndex, type PrivateIndex } from './privateIndex.ts';
import { findRepository } from './repository.ts';
import type { WorkspaceOptions } from './workspace.ts';

/** Tells the state of all files in repositories inside a work tree, given by their names in it; '' without any. */
export type NestedState = (workTree: string, names: readonly string[]) => Promise<string>;

/**
 * Repositories inside a work tree, submodules or not, and those inside of them. Each is recorded with an index of our
 * own beside `indexPath`. One that git cannot read counts as unchanging.
 */
export function openNestedState(
  indexPath: string,
  { exclude, dir, env, signal }: Pick<WorkspaceOptions, 'exclude' | 'dir' | 'env' | 'signal'>,
): NestedState {
  const opened = new Map<string, PrivateIndex>();

  const open = async (folder: string): Promise<PrivateIndex | null> => {
    // A submodule that is not checked out is an empty folder of the repository around it.
    if (!(await exists(path.join(folder, '.git')))) return null;
    const known = opened.get(folder);
    if (known !== undefined) return known;
    const search = await findRepository(folder, env, signal);
    if (!search.found || search.repository.folder !== '') return null;
    const { repository } = search;
    const excluded = await pathsInside(repository.workTree, [...exclude, dir]);
    const index = openPrivateIndex(repository, `${indexPath}-${hashOf(folder).slice(0, 16)}`, excluded);
    opened.set(folder, index);
    return index;
  };

  const stateOf = async (folder: string): Promise<string> => {
    try {
      const index = await open(folder);
      if (index === null) return '';
      const tree = await index.record();
      return `${tree} ${await states(folder, index.repositories())}`;
    } catch (error) {
      if (!(error instanceof GitError) || error.isCancelled) throw error;
      opened.delete(folder);
      return '';
    }
  };

  const states: NestedState = async (workTree, names) => {
    if (names.length === 0) return '';
    const parts: string[] = [];
    for (const name of names) parts.push(`${name}\0${await stateOf(path.join(workTree, name))}`);
    return hashOf(parts.join('\0'));
  };
  return states;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}
