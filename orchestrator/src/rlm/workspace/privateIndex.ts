import fs from 'node:fs/promises';
import { copyIndex } from './copyIndex.ts';
import { fileIdentity } from './fileIdentity.ts';
import { GitError, type Git } from './git.ts';
import { changeEntries, ignoredEntries, nulTerminated, settleEntries } from './indexEntries.ts';
import { repositoriesIn } from './repositoriesIn.ts';
import type { Repository } from './repository.ts';

/** An index of our own, which records the whole work tree. One call at a time. */
export interface PrivateIndex {
  path: string;
  /** Works on it. */
  git: Git;
  /** Takes in every file as it is now, and resolves with the id of the tree that they make. */
  record(): Promise<string>;
  /** Repositories inside the work tree, as of the last record: relative to it, sorted, those without a commit too. */
  repositories(): string[];
  /** Takes in these files as well, ignored or not, until the next record; for a folder all that is in it. */
  recordAlso(names: readonly Buffer[]): Promise<string>;
  /** Leaves out these files until the next record. */
  forget(names: readonly Buffer[]): Promise<void>;
}

/**
 * Tries before a failure counts: files that come and go while git looks at them end it, and so do objects that
 * somebody pruned. Every try begins with a new copy of the user's index.
 */
const TRIES = 3;

/**
 * Opens an index at `indexPath`, of which the user sees nothing. `exclude` (relative to the work tree) is left out.
 *
 * It begins as a copy of the user's, so that only what differs from that is read, and is kept between calls, so that
 * only what changed in between is. What counts is decided by the user's index and ignore rules as they are at every
 * call: the copy is made anew when these say something else than they did.
 *
 * Every file that git does not ignore is taken in, however large: a large file that nobody needs belongs into
 * `.gitignore`. A file that cannot be read stays as it was last, or is left out when it was never there. Of a
 * repository inside the work tree only the commit is recorded, and nothing when it has none.
 */
export function openPrivateIndex(
  repository: Repository,
  indexPath: string,
  exclude: readonly string[],
): PrivateIndex {
  const git = repository.gitWith(indexPath);
  const outside = exclude.map((each) => `:(exclude,top,literal)${each}`);
  let begun: Begun | null = null;

  const recordOnce = async (): Promise<string> => {
    for (;;) {
      begun ??= await begin(repository, git, indexPath, exclude);
      const { user, last, sparse } = begun;
      // Exit code 1: some files could not be read, or the excluded folders are ignored as well.
      const { stderr } = await git(['add', '-A', '--ignore-errors', ...sparse, '--', '.', ...outside], {
        accept: [0, 1],
      });
      const seen = repositoriesIn(stderr.toString());
      for (const name of seen.added) begun.linked.add(name);
      begun.unborn = seen.unborn;
      const isChanged = last === null || last.identity !== (await fileIdentity(indexPath));
      const userIdentity = await fileIdentity(repository.indexPath);
      const [tree, ignored, userIgnored] = await Promise.all([
        isChanged ? writeTree(git) : last.tree,
        isChanged ? ignoredEntries(git) : last.ignored,
        user.identity === userIdentity ? user.ignored : ignoredEntries(repository.git),
      ]);
      const isValid = userIgnored === user.ignored && (last === null || ignored === last.ignored);
      if (!isValid) {
        begun = null;
        continue;
      }
      user.identity = userIdentity;
      begun.last = { tree, ignored, identity: await fileIdentity(indexPath) };
      return tree;
    }
  };

  const record = async (triesLeft: number): Promise<string> => {
    try {
      return await recordOnce();
    } catch (error) {
      begun = null;
      if (triesLeft <= 1 || !(error instanceof GitError) || error.isMissing || error.isCancelled) throw error;
      return record(triesLeft - 1);
    }
  };

  return {
    path: indexPath,
    git,
    forget: (names) => changeEntries(git, '--force-remove', names),
    record: () => record(TRIES),
    repositories: () => [...new Set([...(begun?.linked ?? []), ...(begun?.unborn ?? [])])].toSorted(),
    async recordAlso(names) {
      const sparse = begun?.sparse ?? [];
      const from = ['--pathspec-from-file=-', '--pathspec-file-nul'];
      await git(['add', '-A', '--force', '--ignore-errors', ...sparse, ...from], {
        input: nulTerminated(names),
        env: { GIT_LITERAL_PATHSPECS: '1' },
        accept: [0, 1],
      });
      return writeTree(git);
    },
  };
}

interface Begun {
  /** The user's index as it was: file, and what in it is ignored. */
  user: { identity: string; ignored: string };
  /** Our own after the last record. */
  last: { tree: string; ignored: string; identity: string } | null;
  /** Flags for files outside the patterns of a sparse checkout. */
  sparse: string[];
  /** Repositories inside the work tree whose commit was in the index at some time. */
  linked: Set<string>;
  /** Those that have no commit. */
  unborn: string[];
}

async function begin(
  repository: Repository,
  git: Git,
  indexPath: string,
  exclude: readonly string[],
): Promise<Begun> {
  const identity = await fileIdentity(repository.indexPath);
  // Left by a git that was killed with an earlier owner of the run.
  await fs.rm(`${indexPath}.lock`, { force: true });
  await copyIndex(repository.indexPath, indexPath);
  const [config, ignored] = await Promise.all([
    git(['config', '--type=bool', '--get', 'core.sparseCheckout'], { accept: [0, 1] }),
    ignoredEntries(repository.git),
  ]);
  const isSparse = config.stdout.toString().trim() === 'true';
  const linked = new Set(await settleEntries(git, exclude, isSparse));
  return {
    user: { identity, ignored },
    last: null,
    sparse: isSparse ? ['--sparse'] : [],
    linked,
    unborn: [],
  };
}

async function writeTree(git: Git): Promise<string> {
  return (await git(['write-tree'])).stdout.toString().trim();
}
