import type { RunProfile } from '../run/profile.ts';
import { errorMessage } from '../storage/errorMessage.ts';
import { jsonDocument, replaceFileSync } from '../storage/replaceFile.ts';
import { emit, type OpenRun } from './runContext.ts';

/**
 * Leaves the account of what a run cost in its directory, when it is over and nobody owns it any more, whatever its end.
 * Without fsync, and no reason for a run to fail: a profile that cannot be written is a warning.
 */
export function saveProfile({ context, resumed }: OpenRun): RunProfile {
  const profile = context.profiler.profile(context.store.manifest, resumed);
  try {
    replaceFileSync(context.paths.profilePath, jsonDocument(profile), { durable: false });
  } catch (error) {
    emit(context, {
      type: 'warning',
      message: `The profile of this run was not written: ${errorMessage(error)}`,
    });
  }
  return profile;
}
