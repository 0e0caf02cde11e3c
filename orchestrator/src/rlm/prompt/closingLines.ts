/** What the agent says of its own work at the end of its last message. */
export interface ClosingLines {
  summary: string | null;
  next: string | null;
}

/**
 * Finds the last `Summary:` and the last `Next:` line of a message: in any case, indented, or dressed with Markdown
 * (`**Summary:**`, `- Summary:`). Null when there is none, or when nothing follows the colon; at most
 * {@link LONGEST_TEXT} characters each.
 */
export function closingLines(message: string): ClosingLines {
  const found: ClosingLines = { summary: null, next: null };
  for (const line of message.split(/\r?\n/)) {
    const [, before = '', key, emphasis, text = ''] = CLOSING_LINE.exec(line) ?? [];
    if (key === undefined) continue;
    // Opened before the word and not closed around the colon: it ends with the line.
    const whole = emphasis === ':' && EMPHASIS_AT_END.test(before);
    found[key.toLowerCase() === 'summary' ? 'summary' : 'next'] = shortened(
      whole ? text.trimEnd().replace(EMPHASIS_AT_END, '') : text,
    );
  }
  return found;
}

/** In UTF-16 code units. */
const LONGEST_TEXT = 1000;

/** Groups: what stands before the word, the word, the colon with emphasis that ends around it, the text. */
const CLOSING_LINE = /^([\s>#*_-]*)(summary|next)([*_]*:[*_]*)(.*)$/i;

const EMPHASIS_AT_END = /[*_]+$/;

function shortened(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  return trimmed.length <= LONGEST_TEXT ? trimmed : `${trimmed.slice(0, LONGEST_TEXT - 1).toWellFormed()}…`;
}
