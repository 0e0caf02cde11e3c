import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { createGit, GitError, type Git, type GitSurroundings } from './git.ts';

/** A git repository with a work tree. */
export interface Repository {
  /** Absolute root of the work tree, free of symbolic links. */
  workTree: string;
  /** The folder that was asked about, relative to `workTree`; '' for `workTree` itself. */
  folder: string;
  /** Absolute path of the index that the user works with; it need not exist. */
  indexPath: string;
  /** Works on this repository and the user's index, whatever becomes of the folders. */
  git: Git;
  /** The same with an index of our own, and another folder as work tree if one is named. */
  gitWith(indexPath: string, workTree?: string): Git;
}

/** `reason`, one line, says why there is none. */
export type RepositorySearch = { found: true; repository: Repository } | { found: false; reason: string };

/**
 * Finds the repository whose work tree holds `repoRoot`. A folder that a repository around it ignores as a whole is
 * in none: git would see nothing of what happens in it. Rejects with a {@link GitError} when `signal` is aborted, which
 * ends the calls of the repository as well.
 */
export async function findRepository(
  repoRoot: string,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<RepositorySearch> {
  const git = createGit(repoRoot, env, { signal });
  let lines: string[];
  try {
    const { stdout } = await git([
      'rev-parse',
      '--absolute-git-dir',
      '--git-path',
      'index',
      '--show-toplevel',
    ]);
    lines = stdout.toString().split('\n');
  } catch (error) {
    if (error instanceof GitError && !error.isCancelled) return { found: false, reason: error.message };
    throw error;
  }
  const [gitDir = '', index = '', top = ''] = lines;
  const root = await realpath(repoRoot);
  if (root !== top && (await git(['check-ignore', '-q', '.'], { accept: [0, 1] })).exitCode === 0) {
    return { found: false, reason: `${repoRoot} is ignored by the repository in ${top}` };
  }
  const at = (workTree: string, own: GitSurroundings['own']): Git =>
    createGit(workTree, env, { own: { GIT_DIR: gitDir, GIT_WORK_TREE: workTree, ...own }, signal });
  return {
    found: true,
    repository: {
      workTree: top,
      folder: path.relative(top, root),
      indexPath: path.resolve(repoRoot, index),
      // The place is said outright, so that no repository made inside the work tree can take it.
      git: at(top, {}),
      gitWith: (indexPath, workTree = top) => at(workTree, { GIT_INDEX_FILE: indexPath }),
    },
  };
}
