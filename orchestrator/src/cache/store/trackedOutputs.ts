import { FailureError } from '../../failure.ts';
import { git } from '../git/git.ts';
import { isInWorkTree } from '../git/workTree.ts';
import { globSet } from '../globs/globSet.ts';

/**
 * The files that git tracks and that output globs match, so that restoring outputs would overwrite sources: paths
 * relative to the root of the repository, with forward slashes, in git's order. Outside git nothing is tracked.
 *
 * @param repoRoot - absolute; may be a folder inside of a work tree.
 * @throws FailureError when git cannot be asked, and for a glob that leaves the repository.
 */
export async function trackedOutputs(repoRoot: string, globs: readonly string[]): Promise<string[]> {
  const outputs = await globSet(globs, 'output');
  const { bases } = outputs;
  if (bases.length === 0 || !isInWorkTree(repoRoot)) return [];
  // Globs mean other things to git: it gets the folders, and what is in them is matched here.
  const paths = bases.includes('') ? [] : ['--', ...bases];
  return (await trackedFiles(repoRoot, paths)).filter(
    // A submodule is one path to git, and what a glob takes of it lies below.
    (name) => outputs.takes(name) || outputs.takesEmpty(name),
  );
}

/** What looks like a repository to us may be none to git. */
async function trackedFiles(repoRoot: string, paths: readonly string[]): Promise<string[]> {
  try {
    const names = await git(repoRoot, ['--literal-pathspecs', 'ls-files', '-z', ...paths]);
    return names.split('\0').filter((name) => name !== '');
  } catch (error) {
    if (
      error instanceof FailureError &&
      error.failure.kind === 'git-failed' &&
      error.failure.message.includes('not a git repository')
    )
      return [];
    throw error;
  }
}
