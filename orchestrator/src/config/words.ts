const LONGEST_QUOTE = 60;
const LONGEST_LIST = 20;

/** Characters that would act on a terminal when printed, and spaces that look like the ordinary one. */
const UNPRINTABLE = /(?! )[\p{Cc}\p{Cf}\p{Z}]/gu;

/** A text of the user in double quotes: escaped so that printing is harmless, cut when long. */
export function quote(text: string): string {
  const cut = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  return JSON.stringify(cut).replace(
    UNPRINTABLE,
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
