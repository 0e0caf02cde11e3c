import { fstatSync, readlinkSync } from 'node:fs';
import { evidencePlaces, type TaskEnvironment } from '../../run/paths.ts';

/**
 * Absolute paths, files and folders, of what is ours and not work on a repository: the evidence of the task, and the
 * files that our own output is redirected to.
 */
export function ownFiles(env: TaskEnvironment): string[] {
  return [...evidencePlaces(env), ...[1, 2].flatMap(redirectedTo)];
}

/** The regular file behind a descriptor of this process. Only Linux tells its path. */
function redirectedTo(descriptor: number): string[] {
  try {
    return fstatSync(descriptor).isFile() ? [readlinkSync(`/proc/self/fd/${descriptor}`)] : [];
  } catch {
    // The descriptor is closed, or this is another system.
    return [];
  }
}
