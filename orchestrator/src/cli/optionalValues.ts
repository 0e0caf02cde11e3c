import { Option } from 'commander';
import type { CommandDefinition } from './definition.ts';

/**
 * Keeps a flag whose value may be left out from taking the next word: `exec --json npm test` is `--json` and the
 * command `npm test`. Only one of the flag's own choices counts as its value. `argv` begins behind the subcommand;
 * what follows the first argument or `--` is not looked at.
 */
export function separateOptionalValues(definition: CommandDefinition, argv: readonly string[]): string[] {
  const words = [...argv];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--' || !word.startsWith('-')) break;
    const spec = Object.values(definition.options).find((candidate) => {
      const { short, long } = new Option(candidate.flags);
      return word === short || word === long;
    });
    if (spec === undefined) continue;
    if (spec.flags.includes('<')) at += 1;
    if (spec.preset === undefined) continue;
    if (spec.choices?.includes(words[at + 1] ?? '')) at += 1;
    else words[at] = `${word}=${spec.preset}`;
  }
  return words;
}
