/**
 * Puts words together again that bash has taken apart at `=` and `:` (its COMP_WORDBREAKS): `--format` `=` `js`
 * becomes `--format=js`. `kept` is the part of the last word that bash keeps; what it inserts comes behind it.
 */
export function joinBashWords(words: readonly string[]): { words: string[]; kept: string } {
  const joined: string[] = [];
  let isGlued = false;
  for (const word of words) {
    const isBreak = /^[=:]+$/.test(word);
    if ((isBreak || isGlued) && joined.length > 0) joined[joined.length - 1] += word;
    else joined.push(word);
    isGlued = isBreak;
  }
  const last = joined.at(-1) ?? '';
  const breakAt = Math.max(last.lastIndexOf('='), last.lastIndexOf(':'));
  return { words: joined, kept: last.slice(0, breakAt + 1) };
}
