import { joinBashWords } from '../completion/bashWords.ts';
import { candidates } from '../completion/candidates.ts';
import { lookUpValues } from '../completion/values.ts';
import type { CliContext } from '../context.ts';
import type { CommandDefinition } from '../definition.ts';
import { printable } from '../present/printable.ts';
import type { CompleteOptions } from './definitions/completion.ts';

/**
 * Answers a completion script: one candidate a line, its description behind a tab. The first of the words is the
 * shell. Never fails: an error message in the middle of somebody's typing helps nobody.
 */
export async function runComplete(
  { words: [shell, ...typed] }: CompleteOptions,
  context: CliContext,
  definitions: readonly CommandDefinition[],
): Promise<void> {
  try {
    const { words, kept } = shell === 'bash' ? joinBashWords(typed) : { words: typed, kept: '' };
    const found = await candidates(definitions, words, lookUpValues(context));
    const lines = found.map(({ value, description }) => `${value.slice(kept.length)}\t${description}`);
    context.stdout.write(lines.map((line) => `${line.split('\t').map(printable).join('\t')}\n`).join(''));
  } catch {
    // No candidates: the shell falls back to file names.
  }
}
