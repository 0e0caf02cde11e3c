import { GitError, type Git } from './git.ts';

/** A state of the work tree that is kept in the repository. */
export interface Checkpoint {
  /** Its number, for the state before an iteration; `before-restore-<UTC time>` for one before a restore. */
  name: string;
  /** Whole name of the ref. */
  ref: string;
  commit: string;
  tree: string;
  /** ISO 8601, UTC, to the second. */
  recordedAt: string;
}

/** Nobody need have told git who he is. */
const IDENTITY = {
  GIT_AUTHOR_NAME: 'codex-orchestrator',
  GIT_AUTHOR_EMAIL: 'codex-orchestrator@localhost',
  GIT_COMMITTER_NAME: 'codex-orchestrator',
  GIT_COMMITTER_EMAIL: 'codex-orchestrator@localhost',
};

/**
 * Keeps a tree under `refs/codex-orchestrator/<run>/<name>`, as a commit upon the one that the user works on. An
 * earlier one of that name is replaced. Resolves with the name of the ref.
 */
export async function writeCheckpoint(
  git: Git,
  { runId, name, tree, message }: { runId: string; name: string; tree: string; message: string },
): Promise<string> {
  const ref = `${refPrefix(runId)}${name}`;
  const commit = await commitTree(git, tree, message);
  await git(['update-ref', ref, commit]);
  return ref;
}

/** The checkpoints of a run: iterations in their order, then what restores left behind. */
export async function readCheckpoints(git: Git, runId: string): Promise<Checkpoint[]> {
  const prefix = refPrefix(runId);
  const fields = ['refname', 'objectname', 'tree', 'committerdate:unix'].map((field) => `%(${field})`);
  const { stdout } = await git(['for-each-ref', `--format=${fields.join('%00')}`, prefix]);
  const checkpoints = stdout
    .toString()
    .split('\n')
    .map((line) => line.split('\0'))
    .flatMap(([ref = '', commit = '', tree = '', time = '']) =>
      tree === '' ? [] : [{ name: ref.slice(prefix.length), ref, commit, tree, recordedAt: isoTime(time) }],
    );
  return checkpoints.toSorted((a, b) => order(a.name) - order(b.name) || (a.name < b.name ? -1 : 1));
}

async function commitTree(git: Git, tree: string, message: string): Promise<string> {
  const write = async (...parent: string[]): Promise<string> => {
    const { stdout } = await git(['commit-tree', tree, ...parent, '-m', message], { env: IDENTITY });
    return stdout.toString().trim();
  };
  try {
    return await write('-p', 'HEAD');
  } catch (error) {
    // Most repositories have a commit; for one that has none yet, asking beforehand would cost every other a call.
    if (!(error instanceof GitError) || error.isMissing) throw error;
    return write();
  }
}

/** Run ids of other tools may hold characters that a ref may not (`git help check-ref-format`). */
function refPrefix(runId: string): string {
  const part = runId
    .replace(/[^\w.-]/gu, (character) =>
      Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    )
    .replace(/\.(?=\.|lock$|$)/g, '%2e');
  return `refs/codex-orchestrator/${part}/`;
}

function order(name: string): number {
  return /^\d+$/.test(name) ? Number(name) : Number.MAX_SAFE_INTEGER;
}

function isoTime(seconds: string): string {
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');
}
