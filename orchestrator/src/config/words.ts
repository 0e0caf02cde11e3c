const LONGEST_QUOTE = 60;
const LONGEST_LIST = 20;

/** A text of the user in double quotes: escaped so that printing is harmless, cut when long. */
export function quote(text: string): string {
  const cut = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  // Characters that would act on a terminal when printed, and spaces that look like the ordinary one. To make this expression
  // takes 0.2 ms, and most starts have nothing to quote.
  const unprintable = /(?! )[\p{Cc}\p{Cf}\p{Z}]/gu;
  return JSON.stringify(cut).replace(
    unprintable,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

/** `"a", "b" or "c"`; a long list is cut with the number of the rest. */
export function quotedList(words: readonly string[]): string {
  const shown = words.slice(0, LONGEST_LIST).map(quote);
  if (words.length > LONGEST_LIST) return `${shown.join(', ')} or ${words.length - LONGEST_LIST} more`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} or ${last}`;
}
