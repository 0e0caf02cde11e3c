/** Longer numbers are slips of the keyboard, and their milliseconds would lose precision. */
const WHOLE = /^\d{1,9}$/;
const FRACTION = /^\d{1,9}(?:\.\d{1,20})?$/;
/** Smaller numbers are no time at all, and JavaScript writes them with an exponent, which would not be read again. */
const LEAST = 1e-6;
const UNBOUNDED = new Set(['unlimited', 'unbounded', 'infinite', 'infinity']);

/** A number of iterations; 0 for unbounded, undefined for anything that is neither a number nor such a word. */
export function parseIterations(text: string): number | undefined {
  const word = text.trim().toLowerCase();
  return UNBOUNDED.has(word) ? 0 : parseWhole(word);
}

/** Minutes, fractions allowed; null for 0, which means no limit, undefined for anything that is no number. */
export function parseMinutes(text: string): number | null | undefined {
  const minutes = parseNumber(text);
  return minutes === 0 ? null : minutes;
}

/** A number of tokens; null for 0, which means no limit, undefined for anything that is no whole number. */
export function parseTokens(text: string): number | null | undefined {
  const word = text.trim();
  if (!/^\d{1,15}$/.test(word)) return undefined;
  return Number(word) || null;
}

/** A plain whole number: no sign, no exponent, no other base. */
export function parseWhole(text: string): number | undefined {
  const word = text.trim();
  return WHOLE.test(word) ? Number(word) : undefined;
}

/** A plain decimal number: no sign, no exponent, digits on both sides of the point; 0 or at least a millionth. */
export function parseNumber(text: string): number | undefined {
  const word = text.trim();
  const value = FRACTION.test(word) ? Number(word) : Number.NaN;
  return value === 0 || value >= LEAST ? value : undefined;
}
