import { isUtf8 } from 'node:buffer';

/** The longest line that is parsed, in bytes. Far above any line that is written; it keeps memory bounded. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

export type ParsedLine = { ok: true; value: unknown } | { ok: false; reason: string };

/** Parses the bytes of one line of a JSON-lines file, without its newline. Never throws. */
export function parseLine(bytes: Buffer): ParsedLine {
  if (!isUtf8(bytes)) return { ok: false, reason: 'not valid UTF-8' };
  try {
    return { ok: true, value: JSON.parse(bytes.toString('utf8')) };
  } catch {
    return { ok: false, reason: 'not valid JSON' };
  }
}
