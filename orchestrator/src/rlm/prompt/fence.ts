/**
 * Foreign text as a block of data. The fence is longer than any row of backticks in the text, so that nothing in it can
 * end the block (CommonMark, 4.5).
 *
 * @param label what the text is; one word, for the reader
 */
export function fenced(text: string, label: string): string {
  let longest = 2;
  for (const row of text.match(/`{3,}/g) ?? []) longest = Math.max(longest, row.length);
  const fence = '`'.repeat(longest + 1);
  return `${fence}${label}\n${text}${text.endsWith('\n') ? '' : '\n'}${fence}`;
}

/** Text that is cut to `limit` UTF-16 code units, with an ellipsis in place of what is missing. */
export function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).toWellFormed()}…`;
}
