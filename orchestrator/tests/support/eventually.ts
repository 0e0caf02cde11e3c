import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';

/** How {@link eventually} waits. */
export interface EventuallyOptions {
  /** Milliseconds before it gives up. Default 10 000; generous, because suites share a busy machine. */
  timeoutMs?: number;
  /** What is waited for, in words, for the message of the error. Default: the text of the probe. */
  what?: string;
}

const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 50;

/**
 * Asks `probe` again and again until it gives a truthy value, and returns that value. A probe that throws counts
 * as "not yet"; its last error becomes the cause of the final one.
 *
 * @throws Error naming what was waited for, when `timeoutMs` has passed.
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<NonNullable<T>> {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const deadline = performance.now() + timeoutMs;
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    let last: unknown;
    let thrown: unknown;
    try {
      const value = await probe();
      if (value) return value;
      last = value;
    } catch (error) {
      thrown = error;
    }
    if (performance.now() >= deadline) {
      throw new Error(timeoutMessage(options.what ?? String(probe), timeoutMs, last, thrown), {
        cause: thrown,
      });
    }
    await delay(pauseMs);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

function timeoutMessage(what: string, timeoutMs: number, last: unknown, thrown: unknown): string {
  const seen = thrown === undefined ? `last value: ${inspect(last)}` : `last error: ${inspect(thrown)}`;
  return `Waited ${timeoutMs} ms in vain for ${what} (${seen})`;
}
