// oxlint-disable no-control-regex -- finding control characters is the purpose
/**
 * Escape sequences by ECMA-48: CSI (colours, cursor), OSC (titles, links) and the other strings up to their end, and
 * what is left with two characters. `stripVTControlCharacters` of Node takes the text before a bell along.
 */
const ESCAPES =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[PX^_][^\u001b]*\u001b\\|\u001b[ -/]*[0-~]/g;

/**
 * Characters that would move the cursor, ring, hide or reorder text when printed: C0 and C1 controls other than
 * tab, and the Unicode marks that change the direction of what follows.
 */
const UNSAFE = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

// oxlint-enable no-control-regex

/** One line of foreign text, safe to print: escape sequences are dropped, other control characters shown as `\xNN`. */
export function printable(text: string): string {
  return withoutEscapes(text).replace(UNSAFE, (character) => {
    const code = character.charCodeAt(0);
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** Text without its escape sequences. */
export function withoutEscapes(text: string): string {
  return text.includes('\u001b') || text.includes('\u009b') ? text.replace(ESCAPES, '') : text;
}

/**
 * Output of a stage as the lines a terminal would show, safe to print: a carriage return starts its line anew (a
 * progress bar leaves its last state), blank lines at the end are dropped.
 */
export function printableLines(output: string): string[] {
  const lines = output.split(/\r*\n/).map((line) => printable(afterLastReturn(line)).trimEnd());
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  return lines;
}

function afterLastReturn(line: string): string {
  const written = line.replace(/\r+$/, '');
  return written.slice(written.lastIndexOf('\r') + 1);
}
