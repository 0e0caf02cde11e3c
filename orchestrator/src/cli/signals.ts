import type { RunCancellation } from '../pipeline/cancellation.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Turns signals into the end of a run: the first asks politely, any further one skips the grace period. Returns the
 * function that takes the handlers away again.
 */
export function cancelOnSignals(cancellation: RunCancellation): () => void {
  const listeners = SIGNALS.map((signal) => {
    const listener = () => {
      if (cancellation.cause === null) cancellation.cancel(signal);
      else cancellation.forceNow();
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  return () => {
    for (const remove of listeners) remove();
  };
}
