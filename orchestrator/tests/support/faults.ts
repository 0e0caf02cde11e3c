import { fileURLToPath } from 'node:url';

interface FaultPlace {
  /** Part of the path of the file, e.g. `manifest.json`. For `rename` and `link` either path may contain it. */
  trigger: string;
  /** Default: any of them. `write` and `fsync` are found by the path that the descriptor was opened with. */
  operation?: 'open' | 'write' | 'fsync' | 'rename' | 'link' | 'unlink';
  /** Which of the operations that match, 1-based. Default 1. */
  nth?: number;
  /** Also every operation that matches after it, as on a disk that stays full. Default false. */
  forever?: boolean;
}

/** What goes wrong at an operation: an error, death, or a write of fewer bytes than asked for without an error. */
export type Fault = FaultPlace &
  (
    | { errno: 'ENOSPC' | 'EIO' | 'EACCES' | 'EROFS' | 'EPERM' | 'EMFILE' | 'EXDEV' | 'EEXIST' | 'ENOTSUP' }
    | { kill: 'before' | 'after' }
    | { bytes: number }
  );

const PRELOAD = fileURLToPath(new URL('../fixtures/faults.cjs', import.meta.url));

/**
 * Environment that makes file operations of a Node process go wrong. It holds for that process only, not for the
 * commands it starts. Covers the synchronous, callback and promise forms.
 */
export function faultEnvironment(...faults: Fault[]): { NODE_OPTIONS: string; CODEX_TEST_FAULTS: string } {
  return { NODE_OPTIONS: `--require "${PRELOAD}"`, CODEX_TEST_FAULTS: JSON.stringify(faults) };
}
