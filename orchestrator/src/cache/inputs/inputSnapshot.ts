export interface InputFile {
  /** Relative to the root, forward slashes. */
  path: string;
  /** SHA-256, hex, of what it holds; of its target as it is written for a symbolic link. */
  hash: string;
  /** Its owner may execute it. */
  executable: boolean;
  kind: 'file' | 'symlink';
  /** When anything about it was last changed, ms since 1970, which nobody can set. */
  changedMs: number;
}

export interface InputSnapshot {
  /** In the order of their paths; put together when it is asked for, since most of the time the digest is enough. */
  readonly files: InputFile[];
  /** SHA-256, hex, over path, kind, executable bit and hash of all files. */
  readonly digest: string;
  /** Folders in which there are inputs or could be, relative to the root; '' for the root itself. */
  readonly folders: string[];
  /** About globs that are probably not what was meant, in sentences. */
  readonly warnings: string[];
  /** Files and folders that cannot be read. Then the digest does not tell all, and proves nothing. */
  readonly unreadable: string[];
}
