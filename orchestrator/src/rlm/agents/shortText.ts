import { MESSAGE_LIMIT } from './adapter.ts';

/** Longest action told, in UTF-16 code units. */
const ACTION_LIMIT = 200;

/** One line that says what an agent does: white space becomes single spaces, what is too long ends with `…`. */
export function actionText(text: string): string {
  // What is cut off later need not be looked at; most of a long command is.
  const line = text
    .slice(0, ACTION_LIMIT * 10)
    .trim()
    .replaceAll(/\s+/g, ' ');
  if (line.length <= ACTION_LIMIT) return line;
  return `${line.slice(0, ACTION_LIMIT - 1).replace(LONE_HIGH_SURROGATE, '')}…`;
}

/** The end of a message, as long as it is kept. */
export function messageEnd(text: string): string {
  return text.slice(-MESSAGE_LIMIT).replace(LONE_LOW_SURROGATE, '');
}

/** Halves of a character that was cut in two. */
const LONE_HIGH_SURROGATE = /[\uD800-\uDBFF]$/;
const LONE_LOW_SURROGATE = /^[\uDC00-\uDFFF]/;
