import type { RunCancellation } from '../pipeline/cancellation.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A signal by which people and systems ask a program to end. */
export type EndSignal = (typeof SIGNALS)[number];

/** Listens for the signals that ask this process to end. Returns the function that takes the handlers away again. */
export function onEndSignals(listener: (signal: EndSignal) => void): () => void {
  const listeners = SIGNALS.map((signal) => {
    const own = (): void => listener(signal);
    process.on(signal, own);
    return () => process.off(signal, own);
  });
  return () => {
    for (const remove of listeners) remove();
  };
}

/**
 * Turns signals into the end of a run: the first asks politely, any further one skips the grace period. Returns the
 * function that takes the handlers away again.
 */
export function cancelOnSignals(cancellation: RunCancellation): () => void {
  return onEndSignals((signal) => {
    if (cancellation.cause === null) cancellation.cancel(signal);
    else cancellation.forceNow();
  });
}
