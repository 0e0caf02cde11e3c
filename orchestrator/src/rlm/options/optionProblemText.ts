import type { OptionProblem, OptionSource } from './optionProblem.ts';

const LONGEST_VALUE = 60;

/** Characters that would act on a terminal when printed, and spaces that look like the ordinary one. */
const UNPRINTABLE = /(?! )[\p{Cc}\p{Cf}\p{Z}]/gu;

/** One sentence, safe to print: what is wrong, where it came from, what is accepted. */
export function optionProblemText({ option, source, value, expected, detail }: OptionProblem): string {
  if (detail !== undefined) return detail;
  if (source === 'none') return `Missing ${option}: expected ${expected}.`;
  return `Invalid value ${quoted(value)} for ${option}${origin(source, option)}: expected ${expected}.`;
}

function origin(source: OptionSource, option: string): string {
  if (source === 'flag' || source === option) return '';
  return ` (from ${source === 'config' ? '"rlm" in codex.orchestrator.json' : source})`;
}

function quoted(value: string): string {
  const cut = value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value;
  return JSON.stringify(cut).replace(
    UNPRINTABLE,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
