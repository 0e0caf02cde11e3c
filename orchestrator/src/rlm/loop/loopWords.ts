import { plainText } from '../validator/plainText.ts';

const LONGEST_TEXT = 200;
const MOST_NAMES = 5;

const SECOND = 1_000;
const MINUTE = 60;
const HOUR = 60;

/** Foreign text as one line without control characters, at most `limit` UTF-16 code units. */
export function plainLine(text: string, limit = LONGEST_TEXT): string {
  // Cut before the rest: a goal may have megabytes.
  const line = plainText(text.slice(0, limit * 20).replace(/\s+/g, ' ')).trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1).replace(HALF_A_CHARACTER, '')}…`;
}

const HALF_A_CHARACTER = /[\uD800-\uDBFF]$/;

/** A length of time in words, parts that are zero left out: `412 ms`, `2.4 s`, `12 s`, `1 min 12 s`, `48 h`. Takes ms. */
export function durationWords(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  const tenths = Math.round(ms / (SECOND / 10));
  if (tenths < 100) return `${tenths / 10} s`;
  const seconds = Math.round(ms / SECOND);
  if (seconds < MINUTE) return `${seconds} s`;
  const minutes = Math.round(seconds / MINUTE);
  if (minutes < HOUR) return twoParts(Math.floor(seconds / MINUTE), 'min', seconds % MINUTE, 's');
  return twoParts(Math.floor(minutes / HOUR), 'h', minutes % HOUR, 'min');
}

/** `1 iteration`, `12,345 tokens`. */
export function countWords(amount: number, word: string): string {
  return `${amount.toLocaleString('en')} ${word}${amount === 1 ? '' : 's'}`;
}

/** `a, b`; of many only the first. */
export function nameList(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => plainLine(name));
  const more = names.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
}

/** `iteration 3 of 88`; 0 stands for no limit, and one that was lowered since is not named. */
export function iterationWords(n: number, max: number): string {
  return max === 0 || n > max ? `iteration ${n}` : `iteration ${n} of ${max}`;
}

function twoParts(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
