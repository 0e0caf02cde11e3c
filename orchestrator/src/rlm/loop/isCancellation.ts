import { GitError } from '../workspace/git.ts';
import type { LoopCancellation } from './loopContext.ts';

/** Whether an error is only how a workspace says that somebody has cancelled what it was doing. */
export function isCancellation(error: unknown, { signal }: LoopCancellation): boolean {
  return signal.aborted && (error instanceof GitError || error === signal.reason);
}
