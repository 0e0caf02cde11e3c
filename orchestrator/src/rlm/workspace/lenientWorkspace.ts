import { randomUUID } from 'node:crypto';
import { GitError } from './git.ts';
import type { Workspace, WorkspaceChanges } from './workspace.ts';

/** Stands for a state of the files that nobody could tell; no two of them are the same. */
const UNKNOWN = 'unknown-';

/**
 * A workspace whose git may fail at any time (an agent can break a repository): work goes on without what only git
 * knows, and `onFailure` is told every reason once. What somebody cancelled still rejects.
 */
export function lenientWorkspace(workspace: Workspace, onFailure: (reason: string) => void): Workspace {
  const told = new Set<string>();
  const without = async <T>(ask: () => Promise<T>, instead: () => T): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof GitError) || error.isCancelled) throw error;
      if (!told.has(error.message)) onFailure(error.message);
      told.add(error.message);
      return instead();
    }
  };
  return {
    ...workspace,
    snapshot: () =>
      without(
        () => workspace.snapshot(),
        () => `${UNKNOWN}${randomUUID()}`,
      ),
    state: (snapshot) =>
      isUnknown(snapshot)
        ? Promise.resolve(snapshot)
        : without(
            () => workspace.state(snapshot),
            () => snapshot,
          ),
    checkpoint: (snapshot, iteration) =>
      isUnknown(snapshot)
        ? Promise.resolve(null)
        : without(
            () => workspace.checkpoint(snapshot, iteration),
            () => null,
          ),
    changes: (from, to) =>
      isUnknown(from) || isUnknown(to)
        ? Promise.resolve(NOT_KNOWN)
        : without(
            () => workspace.changes(from, to),
            () => NOT_KNOWN,
          ),
  };
}

function isUnknown(snapshot: string): boolean {
  return snapshot.startsWith(UNKNOWN);
}

const NOT_KNOWN: WorkspaceChanges = { files: [], stat: 'not known: git failed', patch: '' };
