import { setImmediate as nextTurn } from 'node:timers/promises';

/** The event loop gets a turn that often, in ms: other stages are running meanwhile. */
const SLICE_MS = 25;

/**
 * For long work on the main thread: the function gives the event loop a turn when it is due, and costs next to nothing
 * when it is not.
 */
export function turns(): () => Promise<void> | undefined {
  let end = performance.now() + SLICE_MS;
  return () => {
    if (performance.now() <= end) return undefined;
    return nextTurn().then(() => {
      end = performance.now() + SLICE_MS;
    });
  };
}
