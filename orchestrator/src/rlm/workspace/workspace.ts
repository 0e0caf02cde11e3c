import type { Counted } from '../../storage/fileActivity.ts';

/** The files that the agent works on, and how they were at earlier moments. */
export interface Workspace {
  /** Why there are no checkpoints, in one line; null in a repository. */
  withoutCheckpoints: string | null;
  /** Tells the state of all files: the id of a git tree, or a fingerprint outside git. Changes nothing in view. */
  snapshot(): Promise<string>;
  /**
   * Tells more than the snapshot that was taken last: it also differs when something in repositories inside the work
   * tree does, of which a tree has the commit at most. Only good for comparing.
   */
  state(snapshot: string): Promise<string>;
  /** Keeps a snapshot for good. Resolves with the name by which it is found again; null outside git. */
  checkpoint(snapshot: string, iteration: number): Promise<string | null>;
  /** What differs between two snapshots of this workspace, those of earlier attempts of the run included. */
  changes(from: string, to: string): Promise<WorkspaceChanges>;
}

export interface WorkspaceChanges {
  /** Relative to `repoRoot` (`../x` for what lies beside it), forward slashes, sorted. */
  files: { path: string; kind: 'added' | 'modified' | 'deleted' }[];
  /**
   * One line per file and a total, as `git diff --stat` does, so names count from the top of the work tree; at most 2000 characters; `no changes` when there are none.
   */
  stat: string;
  /** The beginning of the patch, at most 16 KiB, with names as in `stat`; '' outside git. */
  patch: string;
}

/** What a workspace is opened with. */
export interface WorkspaceOptions extends Counted {
  /** Absolute. */
  repoRoot: string;
  runId: string;
  /** Absolute path of the folder for our own files. */
  dir: string;
  /** Absolute paths of our own files and folders, which never count. */
  exclude: string[];
  env: NodeJS.ProcessEnv;
  /** Aborted: whatever the workspace is doing rejects soon, with a `GitError` or the reason of the signal. */
  signal?: AbortSignal;
}
