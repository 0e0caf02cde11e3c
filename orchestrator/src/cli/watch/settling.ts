/** Tells when a burst of changes is over: an editor, a formatter or a checkout writes many files at once. */
export interface Settling {
  /** Something changed. */
  note(): void;
  /** Something changed, and it is not yet known whether that was all. */
  readonly isUnsettled: boolean;
  /**
   * Resolves once a burst is over, or somebody {@link wake}s who waits; at once when that has happened and nobody has
   * {@link lower}ed the flag since.
   */
  settled(): Promise<void>;
  /**
   * Whoever waits goes on at once. For what matters to him besides changes: in a race with a promise that takes long
   * each wait would leave something behind in that promise.
   */
  wake(): void;
  /** Whoever looks at what has changed does this before, so that what changes meanwhile is looked at again. */
  lower(): void;
  /** Nothing is noted any more. */
  close(): void;
}

/** A burst is over after this time without a change, in ms. */
const QUIET_MS = 100;
/** A burst that does not end counts as over after this time, in ms. */
const LONGEST_MS = 1_000;

/** @param quietMs - only tests cannot wait. */
export function createSettling(quietMs = QUIET_MS): Settling {
  let timer: NodeJS.Timeout | undefined;
  let beganMs: number | null = null;
  let isUp = false;
  let waiting: (() => void)[] = [];

  const wake = (): void => {
    isUp = true;
    for (const goOn of waiting) goOn();
    waiting = [];
  };
  const raise = (): void => {
    timer = undefined;
    beganMs = null;
    wake();
  };
  return {
    note() {
      const nowMs = performance.now();
      beganMs ??= nowMs;
      clearTimeout(timer);
      timer = setTimeout(raise, Math.max(0, Math.min(quietMs, beganMs + LONGEST_MS - nowMs)));
    },
    get isUnsettled() {
      return timer !== undefined;
    },
    settled: () => (isUp ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve))),
    wake,
    lower() {
      isUp = false;
    },
    close: () => clearTimeout(timer),
  };
}
