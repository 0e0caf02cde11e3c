import path from 'node:path';
import type { Git } from './git.ts';
import { limitStat } from './limitStat.ts';
import type { Repository } from './repository.ts';
import type { WorkspaceChanges } from './workspace.ts';

export type ChangedFile = WorkspaceChanges['files'][number];

/** The changes between two equal snapshots. */
export const NO_CHANGES: WorkspaceChanges = { files: [], stat: 'no changes', patch: '' };

const PATCH_BYTES = 16 * 1024;
/** Of files, about 300 000; what is beyond that is not told. */
const LIST_BYTES = 32 * 1024 * 1024;
/** Room for the lines of {@link STAT}, which come before the patch. */
const STAT_BYTES = 16 * 1024;
const STAT = '--stat=90,60,40';
/** A larger file is not compared line by line: it takes git seconds, and nobody reads the result. */
const LARGE_FILE = 'core.bigFileThreshold=8m';
const BASE = [
  '-c',
  LARGE_FILE,
  'diff-tree',
  '-r',
  '-z',
  '--no-renames',
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
];

/**
 * What differs between two trees of a repository. git is ended as soon as there is enough of the patch.
 */
export async function treeChanges(
  { git, folder }: Pick<Repository, 'git' | 'folder'>,
  from: string,
  to: string,
): Promise<WorkspaceChanges> {
  if (from === to) return NO_CHANGES;
  const [entries, { stdout }] = await Promise.all([
    treeEntries(git, from, to),
    git([...BASE, STAT, '--patch', from, to], { limit: STAT_BYTES + PATCH_BYTES }),
  ]);
  // With -z, a NUL stands between the two.
  const end = stdout.indexOf(0);
  const stat = end === -1 ? stdout : stdout.subarray(0, end);
  const patch = end === -1 ? Buffer.alloc(0) : stdout.subarray(end + 1);
  return {
    files: filesOf(entries, folder),
    stat: limitStat(stat.toString().trimEnd().split('\n')),
    patch: beginning(patch),
  };
}

/**
 * The files of entries, relative to a folder of the work tree, sorted. A name that is not UTF-8 is shown as near as
 * can be.
 */
export function filesOf(entries: readonly TreeEntry[], folder: string): ChangedFile[] {
  return entries
    .map(({ kind, name }) => ({ kind, path: fromFolder(name.toString(), folder) }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function fromFolder(name: string, folder: string): string {
  return folder === '' ? name : path.relative(`/${folder}`, `/${name}`);
}

export interface TreeEntry {
  kind: ChangedFile['kind'];
  /** As git has it: any bytes but NUL. */
  name: Buffer;
  /** It is the commit of a repository inside the work tree, before or after. */
  isRepository: boolean;
}

/** The entries that differ, in git's order. */
export async function treeEntries(git: Git, from: string, to: string): Promise<TreeEntry[]> {
  const { stdout } = await git([...BASE, '--raw', from, to], { limit: LIST_BYTES });
  const entries: TreeEntry[] = [];
  // `:<mode> <mode> <id> <id> <letter>`, NUL, name, NUL (git help diff-format).
  for (let at = 0; at < stdout.length; ) {
    const headEnd = stdout.indexOf(0, at);
    const nameEnd = stdout.indexOf(0, headEnd + 1);
    if (headEnd === -1 || nameEnd === -1) break;
    const [before = '', after = '', , , letter] = stdout.toString('latin1', at + 1, headEnd).split(' ');
    entries.push({
      kind: letter === 'A' ? 'added' : letter === 'D' ? 'deleted' : 'modified',
      name: stdout.subarray(headEnd + 1, nameEnd),
      isRepository: before === REPOSITORY_MODE || after === REPOSITORY_MODE,
    });
    at = nameEnd + 1;
  }
  return entries;
}

const REPOSITORY_MODE = '160000';

/** At most {@link PATCH_BYTES}, up to the end of a line where there is one. */
function beginning(patch: Buffer): string {
  if (patch.length <= PATCH_BYTES) return patch.toString();
  const lineEnd = patch.lastIndexOf(0x0a, PATCH_BYTES - 1);
  return patch.toString('utf8', 0, lineEnd === -1 ? PATCH_BYTES : lineEnd + 1);
}
