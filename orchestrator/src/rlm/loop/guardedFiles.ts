import { changedLabels } from '../validator/validatorFiles.ts';
import { fingerprint } from './firstLook.ts';
import type { LoopContext } from './loopContext.ts';

/** What is not as it was of files that the agent should leave alone. */
export interface GuardedFiles {
  /** Files on which the validator depends that changed since the last look, sorted. */
  validatorFilesChanged: string[];
  /** Tells states of the protected files apart; null while all are as they were when the loop began. */
  protectedSignature: string | null;
}

/** Names of protected files that go into the state: it is written often. */
const MOST_NAMES = 100;

/** Looks at the files under protection and at those on which the validator depends; the state tells what it found. */
export async function lookAtGuardedFiles({
  store: { state },
  validator,
  request,
  protection,
}: LoopContext): Promise<GuardedFiles> {
  const [files, { changed, signature }] = await Promise.all([
    fingerprint(validator, request.repoRoot),
    protection.look(),
  ]);
  const { first, last } = state.validatorFiles;
  const validatorFilesChanged = changedLabels(new Map(Object.entries(last)), files);
  state.validatorFilesChanged = changedLabels(new Map(Object.entries(first)), files);
  state.validatorFiles.last = Object.fromEntries(files);
  state.protectedFilesChanged = changed.slice(0, MOST_NAMES);
  return { validatorFilesChanged, protectedSignature: signature };
}

/**
 * Looks once more when the validator has passed: something that still runs may have changed its files while it judged.
 * A pass that does not count anyway needs no second look.
 */
export async function lookAgain(context: LoopContext, before: GuardedFiles): Promise<GuardedFiles> {
  if (before.protectedSignature !== null) return before;
  const { validatorFilesChanged, protectedSignature } = await lookAtGuardedFiles(context);
  const names = new Set([...before.validatorFilesChanged, ...validatorFilesChanged]);
  return { validatorFilesChanged: [...names].toSorted(), protectedSignature };
}
