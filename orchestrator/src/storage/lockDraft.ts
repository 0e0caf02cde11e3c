import { randomInt, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { errorCode } from './errorCode.ts';
import { count, type FileActivity } from './fileActivity.ts';
import type { LockOwner } from './lockFile.ts';
import { currentProcess } from './processIdentity.ts';
import { withPath } from './withPath.ts';

/** A lock file of ours that is written in full but not in force yet. */
export interface LockDraft {
  /** `<lock>.<digits>`, a name that `sweepTempFiles` knows, for the case that we are killed with it. */
  path: string;
  owner: LockOwner;
  text: string;
}

/**
 * Writes the file with which `lock` will be held by this process. Not fsynced: a power loss ends the owner as well,
 * and the boot id of the lock, or its age if it came back empty, shows that.
 *
 * @throws the errno error of the file system.
 */
export function createDraft(lock: string, purpose: string, activity?: FileActivity): LockDraft {
  const owner = {
    ...currentProcess(),
    token: randomUUID(),
    acquired_at: new Date().toISOString(),
    purpose,
  };
  const draft = { path: `${lock}.${randomInt(2 ** 47)}`, owner, text: `${JSON.stringify(owner)}\n` };
  writeNew(draft.path, draft.text, activity);
  return draft;
}

/**
 * Puts the draft into force at `place` if nothing is there.
 *
 * @returns false when something is there already.
 * @throws the errno error of the file system.
 */
export function publishDraft(draft: LockDraft, place: string, activity?: FileActivity): boolean {
  try {
    // With link(2) the file appears with its content. Created empty and filled afterwards, it would for a moment
    // be a lock without owner, and stay one if we were killed in that moment.
    fs.linkSync(draft.path, place);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
  }
  // No hard links on this file system (each has its own error code for that), or a real obstacle, which will
  // show itself again here.
  try {
    writeNew(place, draft.text, activity);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a draft or claim. Never throws: it is called when it is already decided who has the lock, and that must
 * not get lost over litter, which is swept by a later takeover.
 */
export function discard(file: string): void {
  try {
    fs.unlinkSync(file);
  } catch {
    // Renamed into place, or not removable; see above.
  }
}

/** Creates a file that must not exist yet. What it could not fill it removes, but only if it was the one to create it. */
function writeNew(file: string, text: string, activity: FileActivity | undefined): void {
  const descriptor = fs.openSync(file, 'wx');
  try {
    try {
      fs.writeFileSync(descriptor, text);
      count(activity?.creations, text);
    } finally {
      fs.closeSync(descriptor);
    }
  } catch (error) {
    discard(file);
    throw withPath(error, file);
  }
}
