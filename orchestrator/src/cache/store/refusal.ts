import { errorCode } from '../../storage/errorCode.ts';

/** Outputs cannot be stored or restored as they are; the message says why, in words. Never leaves this folder. */
export class Refusal extends Error {}

/** What a refusal says when nobody waits for the result any more. */
export const CANCELLED = 'the run was cancelled';

/** Throws a refusal once it is aborted: copying may take seconds, and somebody waits for the end. */
export function refuseWhenCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Refusal(CANCELLED);
}

/**
 * What to throw for an error that a file of the repository may have caused: that concerns this one stage, not the cache.
 *
 * @param what the file, and what cannot be done with it
 */
export function repositoryTrouble(error: unknown, what: string): unknown {
  const code = errorCode(error);
  return ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'].includes(code) ? new Refusal(`${what} (${code})`) : error;
}
