import { writeCheckpoint } from './checkpoints.ts';
import { claimIndexPath } from './indexPath.ts';
import { openNestedState } from './nestedState.ts';
import { pathsInside } from './pathsInside.ts';
import { openPrivateIndex } from './privateIndex.ts';
import type { Repository } from './repository.ts';
import { treeChanges } from './treeChanges.ts';
import type { Workspace, WorkspaceOptions } from './workspace.ts';

/**
 * The whole work tree of a repository. Snapshots are trees, written with an index of our own in `dir`; the user's
 * index, branches, stash and files stay as they are, and no hook runs.
 */
export async function openGitWorkspace(
  repository: Repository,
  options: WorkspaceOptions,
): Promise<Workspace> {
  const { runId, dir, exclude } = options;
  const excluded = await pathsInside(repository.workTree, [...exclude, dir]);
  const indexPath = await claimIndexPath(dir, 'index');
  const index = openPrivateIndex(repository, indexPath, excluded);
  const nestedState = openNestedState(indexPath, options);
  return {
    withoutCheckpoints: null,
    snapshot: () => index.record(),
    state: async (tree) => {
      const nested = await nestedState(repository.workTree, index.repositories());
      return nested === '' ? tree : `${tree} ${nested}`;
    },
    checkpoint: (tree, iteration) =>
      writeCheckpoint(repository.git, {
        runId,
        name: String(iteration),
        tree,
        message: `codex-orchestrator: before iteration ${iteration} of run ${runId}`,
      }),
    changes: (from, to) => treeChanges(repository, from, to),
  };
}
