/** The files that the agent works on, and how they were at earlier moments. */
export interface Workspace {
  kind: 'git' | 'folder';
  /** Why there are no checkpoints, in one line; null in a repository. */
  withoutCheckpoints: string | null;
  /** Tells the state of all files: the id of a git tree, or a fingerprint outside git. Changes nothing in view. */
  snapshot(): Promise<string>;
  /** Keeps a snapshot for good. Resolves with the name by which it is found again; null outside git. */
  checkpoint(snapshot: string, iteration: number): Promise<string | null>;
  /** What differs between two snapshots of this workspace, those of earlier attempts of the run included. */
  changes(from: string, to: string): Promise<WorkspaceChanges>;
}

export interface WorkspaceChanges {
  /** Relative to the root of the repository, forward slashes, sorted. */
  files: { path: string; kind: 'added' | 'modified' | 'deleted' }[];
  /** One line per file and a total, as `git diff --stat` does; at most 2000 characters; `no changes` when there are none. */
  stat: string;
  /** The beginning of the patch, at most 16 KiB; '' outside git. */
  patch: string;
}
