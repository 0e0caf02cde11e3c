import { setMaxListeners } from 'node:events';
import os from 'node:os';

/** Set as soon as somebody wants the bench to end. */
export interface Interruption {
  signal: AbortSignal;
  /** 128 + the number of the signal that came first; null as long as none came. */
  exitCode(): number | null;
}

/**
 * From here on SIGINT and SIGTERM end what is being measured instead of this process, which then tidies up and ends
 * by itself. They may come twice: from the terminal, and from the parent that passes them on.
 */
export function catchInterruption(): Interruption {
  const controller = new AbortController();
  // Every process that runs at the moment listens, and many at once are a measurement of their own.
  setMaxListeners(0, controller.signal);
  let exitCode: number | null = null;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      exitCode ??= 128 + os.constants.signals[name];
      controller.abort(new Error(`Interrupted by ${name}.`));
    });
  }
  return { signal: controller.signal, exitCode: () => exitCode };
}
