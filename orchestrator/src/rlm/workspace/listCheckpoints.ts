import { readCheckpoints, type Checkpoint } from './checkpoints.ts';
import { findRepository } from './repository.ts';
import { treeEntries } from './treeChanges.ts';

export type CheckpointList =
  | { kind: 'no-git'; reason: string }
  | { kind: 'listed'; checkpoints: ListedCheckpoint[] };

export interface ListedCheckpoint extends Checkpoint {
  /** Files that differ from the checkpoint of the next iteration; null where there is no next. */
  filesChanged: number | null;
}

/** The checkpoints of a run, iterations in their order, then what restores left behind. Changes nothing. */
export async function listCheckpoints(
  repoRoot: string,
  runId: string,
  env: NodeJS.ProcessEnv,
): Promise<CheckpointList> {
  const search = await findRepository(repoRoot, env);
  if (!search.found) return { kind: 'no-git', reason: search.reason };
  const { git } = search.repository;
  const all = await readCheckpoints(git, runId);
  const checkpoints: ListedCheckpoint[] = [];
  for (const [position, checkpoint] of all.entries()) {
    const next = all[position + 1];
    const isFollowed = next !== undefined && isNumbered(checkpoint) && isNumbered(next);
    const filesChanged = isFollowed ? (await treeEntries(git, checkpoint.tree, next.tree)).length : null;
    checkpoints.push({ ...checkpoint, filesChanged });
  }
  return { kind: 'listed', checkpoints };
}

function isNumbered({ name }: Checkpoint): boolean {
  return /^\d+$/.test(name);
}
