/** No wait is longer, in ms. */
const LONGEST_DELAY_MS = 60_000;

/**
 * How long to wait before a retry, in ms: doubled each time, up to {@link LONGEST_DELAY_MS}, and then shortened by
 * chance to between half of it and all of it, so that many who failed together do not come back together.
 *
 * @param retry 1 for the first one
 * @param random gives numbers from 0 to 1, as `Math.random`
 */
export function retryDelay(retry: number, firstDelayMs: number, random: () => number): number {
  const full = Math.min(LONGEST_DELAY_MS, firstDelayMs * 2 ** (retry - 1));
  return Math.round(full * (0.5 + random() / 2));
}
