import type { Cancellation } from '../process/runCommand.ts';

/**
 * Why a run was ended early: the signal that came in, the `cancel` command, the failure of another stage, or files that
 * changed, so that another run takes its place.
 */
export type CancelCause = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'cancel' | 'failure' | 'superseded';

/** The one switch by which a run is ended early. Stages and timers hang on its signals. */
export interface RunCancellation extends Cancellation {
  /** The first cause; null while nobody has cancelled. */
  readonly cause: CancelCause | null;
  /** Asks for the end. Only the first call counts. */
  cancel(cause: CancelCause): void;
  /** Ends the grace period of a cancellation under way. */
  forceNow(): void;
}

/** A switch of its own that also turns when `outer` does. For parts of a run that may have to end before it. */
export function subordinateCancellation(outer: RunCancellation): RunCancellation {
  const own = createCancellation();
  return {
    signal: AbortSignal.any([outer.signal, own.signal]),
    force: AbortSignal.any([outer.force, own.force]),
    get cause() {
      return outer.cause ?? own.cause;
    },
    cancel: (cause) => own.cancel(cause),
    forceNow: () => own.forceNow(),
  };
}

/** Makes a switch that is off. */
export function createCancellation(): RunCancellation {
  const polite = new AbortController();
  const force = new AbortController();
  let first: CancelCause | null = null;
  return {
    signal: polite.signal,
    force: force.signal,
    get cause() {
      return first;
    },
    cancel(cause) {
      if (first !== null) return;
      first = cause;
      polite.abort(cause);
    },
    forceNow() {
      force.abort();
    },
  };
}
