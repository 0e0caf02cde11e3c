import path from 'node:path';
import { writeCheckpoint } from './checkpoints.ts';
import { pathsInside } from './pathsInside.ts';
import { openPrivateIndex } from './privateIndex.ts';
import type { Repository } from './repository.ts';
import { treeChanges } from './treeChanges.ts';
import type { Workspace } from './workspace.ts';

/**
 * The whole work tree of a repository. Snapshots are trees, written with an index of our own at `<dir>/index`; the
 * user's index, branches, stash and files stay as they are, and no hook runs.
 */
export async function openGitWorkspace(
  repository: Repository,
  { runId, dir, exclude }: { runId: string; dir: string; exclude: readonly string[] },
): Promise<Workspace> {
  const excluded = await pathsInside(repository.workTree, [...exclude, dir]);
  const index = openPrivateIndex(repository, path.join(dir, 'index'), excluded);
  return {
    kind: 'git',
    withoutCheckpoints: null,
    snapshot: () => index.record(),
    checkpoint: (tree, iteration) =>
      writeCheckpoint(repository.git, {
        runId,
        name: String(iteration),
        tree,
        message: `codex-orchestrator: before iteration ${iteration} of run ${runId}`,
      }),
    changes: (from, to) => treeChanges(repository.git, from, to),
  };
}
