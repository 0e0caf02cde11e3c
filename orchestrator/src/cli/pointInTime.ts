const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Reads an age (`90m`, `2h`, `7d`, `1w`). Returns ms, null when it is none. */
export function parseAge(text: string): number | null {
  const [, amount, letter = ''] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  const unit = UNITS[letter];
  return amount === undefined || unit === undefined ? null : Number(amount) * unit;
}

/**
 * Reads a point in time: an age (`90m`, `2h`, `7d`, `1w`) counted back from `now`, or a date that
 * `Date` understands (`2026-11-22`, `2026-11-22T10:00:00Z`). Returns epoch ms, null when it is neither.
 */
export function parsePointInTime(text: string, now: Date): number | null {
  const age = parseAge(text);
  if (age !== null) return now.getTime() - age;
  // `Date.parse` takes nearly anything ("run 7" is a day in 2001), so the shape is checked first.
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}
