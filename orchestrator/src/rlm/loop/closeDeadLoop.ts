import { EXIT_TERMINATED } from './exitCodes.ts';
import { loopPaths } from './loopPaths.ts';
import { createStateStore, readState } from './stateStore.ts';

/**
 * Says in the state of a loop whose owner is gone that it was cancelled. A run without a loop, and a loop that ended
 * by itself, stay as they are. The caller makes sure that nobody works on it. Throws errno errors and
 * `damaged-evidence`.
 *
 * @param runDir absolute path of the run directory
 */
export async function closeDeadLoop(runDir: string): Promise<void> {
  const { statePath } = loopPaths(runDir);
  const state = await readState(statePath);
  if (state === null || state.final !== undefined) return;
  state.final = {
    status: 'cancelled',
    exitCode: EXIT_TERMINATED,
    reason: 'Cancelled after its owner was gone.',
  };
  state.phase = 'ended';
  createStateStore(statePath, state, () => state.elapsedMs).write();
}
