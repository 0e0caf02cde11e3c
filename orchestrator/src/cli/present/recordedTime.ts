/** Ms from one recorded moment to another (ISO text, or epoch ms); null when either is missing or no time. */
export function elapsedMs(from: string | null, to: string | number | null): number | null {
  if (from === null || to === null) return null;
  const ms = (typeof to === 'number' ? to : Date.parse(to)) - Date.parse(from);
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

/** A recorded moment on the clock of whoever reads it: `2026-11-22 13:46`; the text itself when it is no time. */
export function localTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const date = [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(twoDigits).join('-');
  return `${date} ${[time.getHours(), time.getMinutes()].map(twoDigits).join(':')}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
