/**
 * What tells that a file or folder was changed, as `fs.Stats` has it. Times are in ms with a fraction: a double holds
 * today's to 244 ns, finer than any file system's clock ticks, and costs a fifth less than the exact `bigint` fields.
 */
export interface Stamp {
  size: number;
  mtimeMs: number;
  ctimeMs: number;
  ino: number;
}

/** Longest step between two times of a file system that has fractions of a second: that of the kernel is 10 ms. */
const TICK_MS = 20;
/** Of one that has whole seconds only; FAT counts in twos. */
const COARSE_TICK_MS = 2_000;

/**
 * Whether whatever is written after `lookMs` (ms since 1970) gets another stamp than this one. A file younger than that
 * may change again within the same tick of the clock, and a file of the future (the clock was set back) at any time
 * until then: nothing may be remembered by such a stamp. git calls these racily clean.
 */
export function isSettled({ mtimeMs, ctimeMs }: Stamp, lookMs: number): boolean {
  const tick = mtimeMs % 1000 === 0 || ctimeMs % 1000 === 0 ? COARSE_TICK_MS : TICK_MS;
  return Math.max(mtimeMs, ctimeMs) + tick < lookMs;
}

/** A stamp as one word, equal for equal stamps. */
export function stampText({ size, mtimeMs, ctimeMs, ino }: Stamp): string {
  return `${size}:${mtimeMs}:${ctimeMs}:${ino}`;
}

/** The stamp of something that has to be looked at again in any case: it equals none, not even itself. */
export const NEVER_AGAIN: Stamp = { size: NaN, mtimeMs: NaN, ctimeMs: NaN, ino: NaN };
