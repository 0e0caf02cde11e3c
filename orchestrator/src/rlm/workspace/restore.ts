import { claimIndexPath } from './indexPath.ts';
import { readCheckpoints, writeCheckpoint, type Checkpoint } from './checkpoints.ts';
import { pathsInside } from './pathsInside.ts';
import { presentState } from './presentState.ts';
import { openPrivateIndex, type PrivateIndex } from './privateIndex.ts';
import { findRepository, type Repository } from './repository.ts';
import { filesOf, type ChangedFile, type TreeEntry } from './treeChanges.ts';
import type { WorkspaceOptions } from './workspace.ts';

/** `checkpoint` is the number of an iteration, or the name that an earlier restore left. */
export interface RestoreOptions extends WorkspaceOptions {
  checkpoint: string;
}

export type RestorePlanning =
  | { kind: 'no-git'; reason: string }
  | { kind: 'no-checkpoint'; known: Checkpoint[] }
  | { kind: 'planned'; plan: RestorePlan };

/** What a restore would do. Nothing is done yet. */
export interface RestorePlan {
  checkpoint: Checkpoint;
  /**
   * Files that differ from the checkpoint, relative to `repoRoot` (`../x` for what lies beside it: the whole work tree
   * is restored), sorted: `deleted` were made later and would go, `modified` would be overwritten, `added` would come
   * back.
   */
  losses: ChangedFile[];
  runId: string;
  repository: Repository;
  index: PrivateIndex;
}

export interface RestoreResult {
  /** What holds the state before the restore, as {@link RestoreOptions.checkpoint} takes it. */
  undo: string;
  restored: ChangedFile[];
  /** Files that are not as in the checkpoint all the same: something wrote to them, or they could not be read. */
  remaining: ChangedFile[];
}

/** Finds a checkpoint and what differs from it now. Changes nothing in view. */
export async function planRestore(options: RestoreOptions): Promise<RestorePlanning> {
  const { repoRoot, runId, dir, exclude, env, signal } = options;
  const search = await findRepository(repoRoot, env, signal);
  if (!search.found) return { kind: 'no-git', reason: search.reason };
  const { repository } = search;
  const known = await readCheckpoints(repository.git, runId);
  const checkpoint = known.find(({ name }) => name === options.checkpoint);
  if (checkpoint === undefined) return { kind: 'no-checkpoint', known };
  const excluded = await pathsInside(repository.workTree, [...exclude, dir]);
  const index = openPrivateIndex(repository, await claimIndexPath(dir, 'restore-index'), excluded);
  const { entries } = await presentState(repository, index, checkpoint.tree);
  return {
    kind: 'planned',
    plan: { checkpoint, losses: lossesOf(repository, entries), runId, repository, index },
  };
}

/**
 * Makes the work tree equal to the checkpoint of a plan: contents, symbolic links, executable bits; folders that
 * become empty go. What is ignored, now or in the checkpoint, stays unless the checkpoint holds something in its place. Index, HEAD, branches and
 * stash stay as they are, and so does what is inside of repositories in the work tree.
 *
 * The state before is recorded first, whatever of it is in the way included. Throws what git says when it cannot
 * write; part of the files may have been replaced then, and the recorded state is kept.
 */
export async function applyRestore(plan: RestorePlan, now: Date): Promise<RestoreResult> {
  const { checkpoint, runId, repository, index } = plan;
  // Once more: somebody has thought about the answer for a while.
  const { tree, entries, kept } = await presentState(repository, index, checkpoint.tree);
  const undo = `before-restore-${now.toISOString().replace(/[:.]/g, '-')}`;
  const message = `codex-orchestrator: before a restore of ${checkpoint.name} of run ${runId}`;
  await writeCheckpoint(repository.git, { runId, name: undo, tree, message });
  await index.forget(kept);
  await index.git(['read-tree', '-m', '-u', '--no-sparse-checkout', checkpoint.tree]);
  const restored = lossesOf(repository, entries);
  const concerned = new Set(restored.map((file) => file.path));
  const rest = await presentState(repository, index, checkpoint.tree);
  const different = lossesOf(repository, rest.entries);
  return { undo, restored, remaining: different.filter((file) => concerned.has(file.path)) };
}

/** Repositories inside the work tree are not touched. */
function lossesOf({ folder }: Repository, entries: readonly TreeEntry[]): ChangedFile[] {
  return filesOf(
    entries.filter(({ isRepository }) => !isRepository),
    folder,
  );
}
