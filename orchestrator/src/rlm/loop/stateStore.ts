import fs from 'node:fs';
import { FailureError } from '../../failure.ts';
import { errorCode } from '../../storage/errorCode.ts';
import { errorMessage } from '../../storage/errorMessage.ts';
import { count, type FileActivity } from '../../storage/fileActivity.ts';
import { replaceFileSync } from '../../storage/replaceFile.ts';
import { sweepTempFiles } from '../../storage/sweepTempFiles.ts';
import type { LoopState } from './loopState.ts';

/** The state of a loop in memory, and the way it gets to disk. */
export interface StateStore {
  readonly state: LoopState;
  /** Replaces `state.json`, done and durable when it returns. Throws errno errors; the old document is then in place. */
  write(): void;
}

/**
 * @param elapsedMs time used so far, stored with every write
 */
export function createStateStore(
  statePath: string,
  state: LoopState,
  elapsedMs: () => number,
  activity?: FileActivity,
): StateStore {
  return {
    state,
    write() {
      state.updatedAt = new Date().toISOString();
      state.elapsedMs = elapsedMs();
      // No newline at the end: readers of the document may compare it with what they wrote (RLM contract, section 7).
      replaceFileSync(statePath, JSON.stringify(state, null, 2), { activity });
    },
  };
}

/**
 * Reads the state of an earlier attempt; null when there is none. A document of the tool before this one has only the
 * contract's fields: the others get what is true of it.
 *
 * @throws FailureError `damaged-evidence`, and errno errors
 */
export async function readState(statePath: string, activity?: FileActivity): Promise<LoopState | null> {
  let text: string;
  try {
    text = fs.readFileSync(statePath, 'utf8');
    count(activity?.reads, text);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
  await sweepTempFiles(statePath, { olderThanMs: 0 });
  const { parseState } = await import('./parseState.ts');
  try {
    return parseState(JSON.parse(text));
  } catch (error) {
    throw new FailureError({ kind: 'damaged-evidence', path: statePath, detail: errorMessage(error) });
  }
}
