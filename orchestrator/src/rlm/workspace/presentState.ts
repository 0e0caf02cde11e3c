import { lstat } from 'node:fs/promises';
import { errorCode } from '../../storage/errorCode.ts';
import { ignoredByTree } from './ignoredByTree.ts';
import type { PrivateIndex } from './privateIndex.ts';
import type { Repository } from './repository.ts';
import { treeEntries, type TreeEntry } from './treeChanges.ts';

/** The work tree as it is, seen from another state that it is to go to. */
export interface PresentState {
  tree: string;
  /** What has to change. */
  entries: TreeEntry[];
  /** Names of files that are not in the other state because they are ignored there: they stay. */
  kept: Buffer[];
}

/**
 * Records the work tree, and beyond what is always recorded the ignored files in the place of something in `target`:
 * git would overwrite them without a word.
 */
export async function presentState(
  repository: Repository,
  index: PrivateIndex,
  target: string,
): Promise<PresentState> {
  const { tree, entries } = await recordWithObstacles(repository, index, target);
  const kept = await ignoredLater(repository, index, target, entries);
  const keptNames = new Set(kept.map(key));
  return { tree, entries: entries.filter(({ name }) => !keptNames.has(key(name))), kept };
}

async function recordWithObstacles(
  { git, workTree }: Repository,
  index: PrivateIndex,
  target: string,
): Promise<{ tree: string; entries: TreeEntry[] }> {
  const tree = await index.record();
  const entries = await treeEntries(git, tree, target);
  const added = entries.filter(({ kind }) => kind === 'added');
  const obstacles = await Promise.all(added.map(({ name }) => occupant(workTree, name)));
  const names = obstacles.filter((name) => name !== null);
  if (names.length === 0) return { tree, entries };
  const whole = await index.recordAlso(names);
  return { tree: whole, entries: await treeEntries(git, whole, target) };
}

/** What is in the place of a file that is to come back: something of its name, or no folder where its folder would be. */
async function occupant(workTree: string, name: Buffer): Promise<Buffer | null> {
  for (let end = name.indexOf('/'); ; end = name.indexOf('/', end + 1)) {
    const part = end === -1 ? name : name.subarray(0, end);
    try {
      const stats = await lstat(Buffer.concat([Buffer.from(`${workTree}/`), part]));
      if (end === -1 || !stats.isDirectory()) return part;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    }
  }
}

/**
 * Files that would be deleted because `target` does not have them, but does not have them only because its own rules
 * ignore them: installed packages, say, when the state in between has lost its `.gitignore`.
 */
async function ignoredLater(
  repository: Repository,
  index: PrivateIndex,
  target: string,
  entries: readonly TreeEntry[],
): Promise<Buffer[]> {
  const deleted = entries.filter(({ kind }) => kind === 'deleted').map(({ name }) => name);
  const hasOtherRules = entries.some(({ name }) => /(?:^|\/)\.gitignore$/.test(key(name)));
  if (deleted.length === 0 || !hasOtherRules) return [];
  const ignored = await ignoredByTree(repository, index.path, target, deleted);
  const added = entries.filter(({ kind }) => kind === 'added').map(({ name }) => key(name));
  const addedFiles = new Set(added);
  const addedFolders = new Set(added.flatMap(foldersOf));
  return ignored.filter(
    (name) => !addedFolders.has(key(name)) && !foldersOf(key(name)).some((folder) => addedFiles.has(folder)),
  );
}

/** `a`, `a/b` for `a/b/c`. */
function foldersOf(name: string): string[] {
  const parts = name.split('/').slice(0, -1);
  return parts.map((_, position) => parts.slice(0, position + 1).join('/'));
}

/** Names are bytes; Latin-1 tells any two apart. */
function key(name: Buffer): string {
  return name.toString('latin1');
}
