import { validatorFingerprint } from '../validator/validatorFiles.ts';
import type { LoopContext } from './loopContext.ts';

/**
 * Records how the files were before the first iteration, unless an earlier attempt of the run has done so. Rejects with
 * a `GitError` when git fails.
 */
export async function takeFirstLook({ store, workspace, validator, request }: LoopContext): Promise<void> {
  const { state } = store;
  if (state.baseSnapshot !== null) return;
  state.baseSnapshot = await workspace.snapshot();
  const files = Object.fromEntries(await fingerprint(validator, request.repoRoot));
  state.validatorFiles = { first: files, last: files };
}

/** What the validator's command names, hashed; nothing without a validator. */
export async function fingerprint(validator: string | null, repoRoot: string): Promise<Map<string, string>> {
  return validator === null ? new Map() : validatorFingerprint(validator, repoRoot);
}
