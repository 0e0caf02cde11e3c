import { plainText } from '../validator/plainText.ts';
import { fieldsOf, textOf } from './eventFields.ts';

/** What an agent said about its failure. */
export interface OwnWords {
  /** The line that tells most; '' when it said nothing. */
  line: string;
  /** Everything that may tell of which kind the failure is. */
  all: string;
}

/**
 * The agent's own words about its failure: those of its events when there are some, else the end of its standard
 * error, without what programs print there besides (warnings, log lines, stack frames, usage).
 */
export function ownWords(failure: string | null, stderr: string): OwnWords {
  if (failure !== null) {
    const line = messageOf(failure);
    return { line, all: line };
  }
  const lines = plainText(stderr)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  const telling = lines.filter((line) => !NOISE.test(line)).slice(-LINES_LOOKED_AT);
  const line = telling.findLast((text) => ERROR_LINE.test(text)) ?? telling.at(-1) ?? lines.at(-1) ?? '';
  // What it printed on its way may speak of anything: only lines that are about errors tell of which kind it is.
  const errors = telling.filter((text) => ERROR_LINE.test(text));
  return { line, all: errors.length === 0 ? line : errors.join('\n') };
}

const LINES_LOOKED_AT = 20;
/** `Error: …`, `error: …`, `TypeError: …`, `Error loading config.toml: …` */
const ERROR_LINE = /^\w*(?:error|exception)\b.*:/i;
const NOISE =
  /^(?:WARNING:|\d{4}-\d\d-\d\dT\S+\s+(?:ERROR|WARN|INFO|DEBUG)\b|\s+(?:\d+:|at )|Stack backtrace:|stack backtrace:|Node\.js v|Usage: |For more information|Reading (?:prompt|additional input) from stdin)/;

/** Codex passes on the body of some answers as it came: `{"error":{"message":"…"}}`. */
function messageOf(failure: string): string {
  const text = plainText(failure).trim();
  if (!text.startsWith('{')) return text;
  try {
    const body = fieldsOf(JSON.parse(text));
    return textOf(fieldsOf(body['error'])['message']) ?? textOf(body['message']) ?? text;
  } catch {
    // Text that begins like JSON is still text.
    return text;
  }
}
