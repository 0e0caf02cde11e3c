import fs, { type Dirent, type Stats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../storage/errorCode.ts';
import type { GlobSet } from '../globs/globSet.ts';
import { isNeverTaken } from '../globs/isNeverTaken.ts';
import { placesInside } from '../inputs/placesInside.ts';
import { openFolders, parentOf } from './folders.ts';
import { Refusal, repositoryTrouble } from './refusal.ts';

/** An output as it is found, before anything is known of the content of a file. */
export type FoundOutput =
  | { path: string; kind: 'file' }
  | { path: string; kind: 'symlink'; target: string }
  | { path: string; kind: 'directory'; mode: number };

/**
 * Finds what the globs match in the repository: files, symbolic links (as such, they are not followed) and empty
 * directories below what a glob covers as a whole, in the order of their paths. By hand: the libraries for it lose names with a newline.
 *
 * @param exclude - absolute paths that hold no outputs, such as the cache itself.
 * @throws Refusal when there is something that could not be restored as it is.
 * @throws the errno error of the file system.
 */
export async function collectOutputs(
  repoRoot: string,
  globs: GlobSet,
  exclude: readonly string[],
): Promise<FoundOutput[]> {
  const excluded = [...placesInside(repoRoot, exclude)];
  const folders = openFolders(repoRoot);
  const named = new Set(globs.chosen.filter(({ isLiteral }) => isLiteral).map(({ literal }) => literal));
  const outputs: FoundOutput[] = [];

  const visit = async (relative: string, entry: Dirent | Stats): Promise<void> => {
    if (excluded.some((each) => relative === each || relative.startsWith(`${each}/`))) return;
    if (entry.isDirectory()) await visitFolder(relative);
    else if (!globs.takes(relative)) return;
    else if (entry.isFile()) outputs.push({ path: relative, kind: 'file' });
    else if (entry.isSymbolicLink()) {
      const target = await readlink(path.join(repoRoot, relative));
      outputs.push({ path: relative, kind: 'symlink', target });
    } else throw new Refusal(`"${relative}" is neither a file nor a link`);
  };

  const visitFolder = async (relative: string): Promise<void> => {
    if (!globs.reaches(relative)) return;
    const folder = path.join(repoRoot, relative);
    const listed = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      throw repositoryTrouble(error, `"${relative}" cannot be listed`);
    });
    const entries = listed.filter(({ name }) => !isNeverTaken(name));
    if (entries.length === 0 && relative !== '' && globs.takesEmpty(relative)) {
      const { mode } = await lstat(folder);
      outputs.push({ path: relative, kind: 'directory', mode: mode & 0o777 });
    }
    for (const entry of entries) {
      await visit(relative === '' ? entry.name : `${relative}/${entry.name}`, entry);
    }
  };

  for (const base of globs.bases) {
    if (base.split('/').some(isNeverTaken)) continue;
    const way = folders(named.has(base) ? parentOf(base) : base);
    if (way !== 'there' && way !== 'missing') throw new Refusal(way.problem);
    const stats = way === 'there' ? await lstat(path.join(repoRoot, base)).catch(nothingThere) : null;
    if (stats !== null) await visit(base, stats);
  }
  const hollow = outputs.find((each) => named.has(each.path) && isHollow(repoRoot, each, outputs));
  if (hollow !== undefined) {
    throw new Refusal(`"${hollow.path}" is a symbolic link to a folder, and what lies there is no output`);
  }
  return outputs.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whoever names a link to a folder means what lies in it. */
function isHollow(
  repoRoot: string,
  { path: link, kind }: FoundOutput,
  outputs: readonly FoundOutput[],
): boolean {
  const place = path.join(repoRoot, link);
  if (kind !== 'symlink' || !fs.statSync(place, { throwIfNoEntry: false })?.isDirectory()) return false;
  const inside = `${path.relative(repoRoot, fs.realpathSync(place))}/`;
  return !outputs.some((each) => each.path.startsWith(inside));
}

function nothingThere(error: unknown): null {
  if (errorCode(error) === 'ENOENT') return null;
  throw error;
}
