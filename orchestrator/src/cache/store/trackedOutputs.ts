import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { errorMessage } from '../../storage/errorMessage.ts';
import { FailureError } from '../../failure.ts';
import { outputGlobs } from './outputGlobs.ts';

/**
 * The files that git tracks and that output globs match, so that restoring outputs would overwrite sources: paths
 * relative to the root of the repository, with forward slashes, in git's order. Outside git nothing is tracked.
 *
 * @param repoRoot - absolute; may be a folder inside of a work tree.
 * @throws FailureError when git cannot be asked, and for a glob that leaves the repository.
 */
export async function trackedOutputs(repoRoot: string, globs: readonly string[]): Promise<string[]> {
  const outputs = await outputGlobs(globs);
  const { bases } = outputs;
  if (bases.length === 0 || !isInWorkTree(repoRoot)) return [];
  // Globs mean other things to git: it gets the folders, and what is in them is matched here.
  const paths = bases.includes('') ? [] : ['--', ...bases];
  const names = await git(repoRoot, ['--literal-pathspecs', 'ls-files', '-z', ...paths]);
  return names.split('\0').filter((name) => name !== '' && outputs.matches(name));
}

/** Spares starting git where there is nothing for it. */
function isInWorkTree(folder: string): boolean {
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return true;
    if (at === path.dirname(at)) return false;
  }
}

async function git(cwd: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', args, {
      cwd,
      env: localEnvironment(),
      maxBuffer: Number.POSITIVE_INFINITY,
    });
    return stdout;
  } catch (error) {
    const text = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    if (text.includes('not a git repository')) return '';
    throw new FailureError({ kind: 'git-failed', message: text.split('\n')[0] || errorMessage(error) });
  }
}

/** A hook that started us would send git to another repository or index; its messages are looked at, so in English. */
function localEnvironment(): NodeJS.ProcessEnv {
  const {
    GIT_DIR: _dir,
    GIT_WORK_TREE: _tree,
    GIT_INDEX_FILE: _index,
    GIT_PREFIX: _prefix,
    ...rest
  } = process.env;
  return { ...rest, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' };
}
