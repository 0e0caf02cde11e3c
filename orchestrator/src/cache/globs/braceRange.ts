import { FailureError } from '../../failure.ts';

/** More names than anybody has files beside each other, and few enough for a regular expression. */
const MOST = 10_000;

/**
 * The source of a regular expression for the range `{from..to}` or `{from..to..step}` of a glob, with the meaning that it
 * has in Bash: whole numbers, padded with zeros where an end is, or single characters. picomatch itself would make a class
 * of characters of every range: `{1..12}` were a 1 or a 2, and the inputs 3 to 12 nobody's.
 *
 * @throws FailureError for a range of more than 10,000 names.
 */
export function braceRange(from: string, to: unknown, step: unknown): string {
  // Of `{1..}` and `{..1}`, which are no ranges, picomatch hands over the same: one end and its options.
  if (typeof to !== 'string') return `\\{(?:\\.\\.)?${escape(from)}(?:\\.\\.)?\\}`;
  const ends = [from, to];
  const areNumbers = ends.every((end) => /^-?\d{1,15}$/.test(end));
  const areCharacters = ends.every((end) => end.length === 1);
  if (!areNumbers && !areCharacters) return `\\{${ends.map(escape).join('\\.\\.')}\\}`;
  const [first = 0, last = 0] = ends.map((end) => (areNumbers ? Number(end) : end.charCodeAt(0)));
  const by = Math.abs(Number(typeof step === 'string' ? step : 1)) || 1;
  const count = Math.floor(Math.abs(last - first) / by) + 1;
  if (count > MOST) {
    const message = `The range "{${ends.join('..')}}" in a glob stands for ${count} names, which is too many.`;
    throw new FailureError({ kind: 'usage', message });
  }
  const values = Array.from({ length: count }, (_, at) => first + Math.sign(last - first) * by * at);
  const names = areNumbers ? padded(values, ends) : values.map((code) => String.fromCharCode(code));
  return `(?:${names.map(escape).join('|')})`;
}

function padded(values: readonly number[], ends: readonly string[]): string[] {
  const isPadded = ends.some((end) => /^-?0\d/.test(end));
  const width = isPadded ? Math.max(...ends.map((end) => end.length)) : 0;
  return values.map((value) =>
    value < 0 ? `-${String(-value).padStart(width - 1, '0')}` : String(value).padStart(width, '0'),
  );
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
