import { plainText } from './plainText.ts';

/**
 * The last line of a piece of output that is not blank, trimmed and without control characters, at most 300
 * characters; null when there is none near the end.
 */
export function lastLine(chunk: Buffer): string | null {
  const text = plainText(chunk.subarray(-LOOKED_AT_BYTES).toString('utf8').replaceAll('\r', '\n'));
  const line = text.trimEnd().split('\n').at(-1)?.trim() ?? '';
  return line === '' ? null : line.slice(0, LONGEST_LINE).toWellFormed();
}

const LOOKED_AT_BYTES = 1024;
const LONGEST_LINE = 300;
