/** A place in a text, both 1-based. */
export interface Place {
  line: number;
  column: number;
}

/** Where an offset into a text lies. */
export function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}

/** Front matter: everything between a `---` on the first line and the next line that is `---`. */
export const FRONT_MATTER = /(?<![\s\S])---[ \t]*\r?\n([\s\S]*?)^---[ \t]*(?:\r?\n|$)/m;

const FENCED_CODE = /^([ \t]*)(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^[ \t]*\2[`~]*[ \t]*$|$(?![\s\S]))/gm;
const HTML_COMMENT = /<!--[\s\S]*?-->/g;
const CODE_SPAN = /(?<!`)(`+)(?!`)((?:(?!\n[ \t]*\n)[\s\S])*?[^`])\1(?!`)/g;

/** The text with everything that is no prose blanked out, so that offsets stay what they are. */
export function proseOf(text: string): string {
  return withoutBlocks(text).replaceAll(CODE_SPAN, blank);
}

/** Code spans outside of fenced code, with the offset of their content. */
export function codeSpans(text: string): { content: string; offset: number }[] {
  return Array.from(withoutBlocks(text).matchAll(CODE_SPAN), (match) => ({
    content: match[2] ?? '',
    offset: match.index + (match[1]?.length ?? 0),
  }));
}

/** The text without front matter, fenced code and comments, but with its code spans. */
export function withoutBlocks(text: string): string {
  return text.replace(FRONT_MATTER, blank).replaceAll(FENCED_CODE, blank).replaceAll(HTML_COMMENT, blank);
}

function blank(part: string): string {
  return part.replaceAll(/[^\n]/g, ' ');
}
