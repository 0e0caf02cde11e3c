/**
 * A line of output without what differs from run to run though nothing has changed: numbers, durations, ids, addresses,
 * names of temporary files, spacing. Of a longer line only the first {@link LOOKED_AT} characters count. At most
 * {@link LONGEST_LINE} characters; '' when nothing is left.
 *
 * @param line plain text, without colours.
 */
export function comparableLine(line: string): string {
  // Cut first: a line of numbers alone costs a quarter of a millisecond for each 4 KB, and there may be very many.
  let text = line.slice(0, LOOKED_AT);
  if (text.includes('/')) text = text.replace(TEMPORARY, '<temp>');
  if (HAS_DIGIT.test(text)) {
    text = text
      .replace(UUID, '#')
      .replace(HEXADECIMAL, '#')
      .replace(DURATION, '')
      .replace(NUMBER, '#')
      .replace(EMPTY_BRACKETS, '');
  }
  return text.replace(SPACES, ' ').trim().slice(0, LONGEST_LINE);
}

const LOOKED_AT = 1024;
const LONGEST_LINE = 512;
const HAS_DIGIT = /\d/;

/** Only the folder or file itself: what lies below it may well be the repository. */
const TEMPORARY = /(?:\/private)?\/(?:var\/folders\/[^/\s]+\/[^/\s]+\/T|(?:var\/)?tmp)\/[^/\s'"`:()]+/g;
const UUID = /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi;
/** Addresses, and long ids with at least one digit: without one it could be a word. */
const HEXADECIMAL = /\b0x[\da-f]+\b|\b(?=[a-f]*\d)[\da-f]{7,}\b/gi;
/** Dropped as a whole, because many tools show only those that are long: `(312ms)`, `in 1.2 s`, `1m 4s`. */
const DURATION = /\b\d+(?:[.,]\d+)?\s?(?:[mnuµμ]?s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b/gi;
const NUMBER = /\d+(?:[.,]\d+)*/g;
const EMPTY_BRACKETS = /\(\s*\)|\[\s*\]/g;
const SPACES = /\s+/g;
