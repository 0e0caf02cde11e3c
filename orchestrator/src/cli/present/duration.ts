const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A length of time for people: `412 ms`, `3.2 s`, `1m 04s`, `2h 05m`. Takes ms; negative counts as 0. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < SECOND) return `${whole} ms`;
  // Tenths are rounded before the unit is chosen, so 59 960 ms reads `1m 00s` and never `60.0 s`.
  const tenths = Math.round(whole / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(whole / SECOND);
  if (seconds < HOUR / SECOND) return `${Math.floor(seconds / 60)}m ${twoDigits(seconds % 60)}s`;
  const minutes = Math.round(whole / MINUTE);
  return `${Math.floor(minutes / 60)}h ${twoDigits(minutes % 60)}m`;
}

/** A time that still runs: tenths only, for milliseconds that change at every redraw are noise. Takes ms. */
export function formatRunningTime(ms: number): string {
  return ms < SECOND ? `0.${Math.floor(Math.max(0, ms) / 100)} s` : formatDuration(ms);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
