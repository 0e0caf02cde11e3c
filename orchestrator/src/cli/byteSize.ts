const FORM = /^(\d{1,15}(?:\.\d{1,3})?)\s*(?:([KMGT])(?:iB)?)?$/i;
const UNITS = 'KMGT';

/** What should have been there, for a complaint. */
export const EXPECTED_SIZE = 'a size such as 500M or 2G';

/** Reads a size in bytes: `1048576`, `500M`, `1.5G`, `2 GiB`, in powers of 1024. Null when it is none. */
export function parseByteSize(text: string): number | null {
  const [, amount, unit] = FORM.exec(text) ?? [];
  if (amount === undefined) return null;
  const power = unit === undefined ? 0 : UNITS.indexOf(unit.toUpperCase()) + 1;
  const bytes = Math.round(Number(amount) * 1024 ** power);
  return Number.isSafeInteger(bytes) ? bytes : null;
}
