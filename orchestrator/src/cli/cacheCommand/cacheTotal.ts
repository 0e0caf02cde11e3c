/** What a number of entries takes up. */
export interface CacheTotal {
  entries: number;
  bytes: number;
}

/** Adds up entries; damaged ones may not tell their size (null). */
export function totalOf(entries: readonly { bytes: number | null }[]): CacheTotal {
  return { entries: entries.length, bytes: entries.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) };
}
