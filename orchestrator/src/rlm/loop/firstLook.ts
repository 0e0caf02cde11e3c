import { validatorFingerprint } from '../validator/validatorFiles.ts';
import type { LoopContext } from './loopContext.ts';
import { unmatchedLines } from './loopLines.ts';
import { say } from './say.ts';

/**
 * Records how the files were before the first iteration, unless an earlier attempt of the run has done so. Throws what
 * {@link Protection.begin} throws.
 */
export async function takeFirstLook(context: LoopContext): Promise<void> {
  const { store, workspace, validator, request, protection } = context;
  const { state } = store;
  // First: once the snapshot is on record, the loop counts as begun.
  say(request, unmatchedLines(await protection.begin()));
  if (state.baseSnapshot !== null) return;
  const [snapshot, files] = await Promise.all([
    workspace.snapshot(),
    fingerprint(validator, request.repoRoot),
  ]);
  state.baseSnapshot = snapshot;
  const hashes = Object.fromEntries(files);
  state.validatorFiles = { first: hashes, last: hashes };
}

/** What the validator's command names, hashed; nothing without a validator. */
export async function fingerprint(validator: string | null, repoRoot: string): Promise<Map<string, string>> {
  return validator === null ? new Map() : validatorFingerprint(validator, repoRoot);
}
