/**
 * The simple commands of shell text, each as its words: quotes and escapes are resolved, and files
 * that it writes to (`> file`) are left out. Good enough to see what a command names; nothing is expanded, and words with a `$` or a backtick are left
 * out, because only the shell knows what becomes of them.
 */
export function shellCommands(text: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  const endCommand = (): void => {
    if (words.length > 0) commands.push(words);
    words = [];
  };
  let isTarget = false;
  for (const [token] of text.slice(0, LONGEST_TEXT).matchAll(TOKEN)) {
    const isRedirection = REDIRECTION.test(token);
    if (!isRedirection && SEPARATOR.test(token)) endCommand();
    else if (!isRedirection && !isTarget && !EXPANDED.test(token)) words.push(unquoted(token));
    isTarget = isRedirection && token.endsWith('>');
  }
  endCommand();
  return commands;
}

/** No validator is longer than that; in UTF-16 code units. */
const LONGEST_TEXT = 65_536;

/** A word with its quoted parts, a redirection sign, or a row of characters that end a command. */
const TOKEN = /&?\d*[<>]+(?:&[\d-]*)?|[;&|()\n]+|(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s;&|()<>'"\\])+/gs;
const REDIRECTION = /^&?\d*[<>]/;
const SEPARATOR = /^[;&|()\n]/;
/** A `$` or backtick that counts: not in single quotes, not escaped. */
const EXPANDED = /^(?:'[^']*'|\\.|[^'\\$`])*[$`]/s;
const QUOTED_PART = /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/gs;

function unquoted(token: string): string {
  return token.replace(
    QUOTED_PART,
    (_whole, single: string | undefined, double: string | undefined, escaped: string | undefined) =>
      single ?? double?.replace(/\\(["\\$`\n])/g, '$1') ?? escaped ?? '',
  );
}
