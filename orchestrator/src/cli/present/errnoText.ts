const TROUBLES: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'the operation is not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder, not a file',
  EEXIST: 'something else is in its place',
  ENAMETOOLONG: 'the path is too long',
  ELOOP: 'it is a loop of symbolic links',
  EMFILE: 'this process has too many files open',
  ENFILE: 'the system has too many files open',
  EIO: 'the disk reported an error',
  EFBIG: 'the file would become too large',
  EBUSY: 'it is in use',
};

const ACTIONS: Record<string, string> = {
  mkdir: 'create the folder',
  scandir: 'list the folder',
  opendir: 'list the folder',
  stat: 'look at',
  lstat: 'look at',
  access: 'use',
  open: 'open',
  read: 'read',
  write: 'write',
  rename: 'replace',
  link: 'create',
  symlink: 'create',
  unlink: 'remove',
  rm: 'remove',
  rmdir: 'remove',
  fsync: 'write',
  fdatasync: 'write',
  ftruncate: 'write',
  truncate: 'write',
};

const ADVICE: Record<string, string> = {
  EACCES: 'Check who owns it and its permissions.',
  EPERM: 'Check who owns it and its permissions.',
  EROFS: 'Choose another place with CODEX_ORCHESTRATOR_RUNS_DIR and CODEX_ORCHESTRATOR_OUT_DIR.',
  ENOSPC: 'Free some space, then `codex-orchestrator resume` continues the run.',
  EDQUOT: 'Free some space, then `codex-orchestrator resume` continues the run.',
  ENOTDIR: 'Move the file away, or choose another place with CODEX_ORCHESTRATOR_RUNS_DIR.',
  EEXIST: 'Move it away, or choose another place with CODEX_ORCHESTRATOR_RUNS_DIR.',
  EMFILE: 'Raise the limit with `ulimit -n`.',
};

/** What the file system refused. `action` is a system call (`mkdir`) or a clause of our own (`append to`). */
export interface FileTrouble {
  code: string;
  action: string;
  path: string | null;
}

/** Words for a refusal of the file system; the first line says what, a second one what to do about it. */
export function errnoText({ code, action, path }: FileTrouble): string {
  const what = [ACTIONS[action] ?? action, path].filter(Boolean).join(' ');
  const why = TROUBLES[code] ?? 'the file system refused';
  const advice = ADVICE[code];
  return `Cannot ${what === '' ? 'use a file' : what}: ${why} (${code}).${advice === undefined ? '' : `\n${advice}`}`;
}

/**
 * The facts of an error that a Node file system call threw; null for any other error, above all our own bugs
 * (Node's `ERR_…` codes say that a call was wrong, not that the file system refused).
 */
export function fileTroubleOf(error: unknown): FileTrouble | null {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return null;
  const { code, syscall } = error;
  if (typeof code !== 'string' || typeof syscall !== 'string' || !/^E[A-Z0-9]+$/.test(code)) return null;
  return { code, action: syscall, path: pathOf(error) };
}

/** Of a rename, `path` is only the temporary file; the one that matters is where it should have gone. */
function pathOf(error: Error): string | null {
  if ('dest' in error && typeof error.dest === 'string') return error.dest;
  return 'path' in error && typeof error.path === 'string' ? error.path : null;
}
