import { Option, type CommanderError } from 'commander';
import { nearestWord } from '../config/nearestWord.ts';
import { FailureError } from '../failure.ts';
import type { CommandDefinition } from './definition.ts';

/** Where the arguments went wrong: in a subcommand, or before one was found. */
export interface UsagePlace {
  name: string;
  /** Names that would have been understood in place of the subcommand. */
  commands?: readonly string[];
  definition?: CommandDefinition;
}

/** Puts a complaint of the parser into words of our own, with the nearest valid word. */
export function usageFailure(error: CommanderError, place: UsagePlace): FailureError {
  const word = /'(.*)'/s.exec(error.message)?.[1] ?? '';
  const { message, suggestion } = explain(error, word, place);
  return new FailureError({ kind: 'usage', message, ...(suggestion !== undefined && { suggestion }) });
}

function explain(
  error: CommanderError,
  word: string,
  place: UsagePlace,
): { message: string; suggestion?: string | undefined } {
  switch (error.code) {
    case 'commander.unknownCommand':
      return { message: `Unknown command "${word}"`, suggestion: nearestWord(word, place.commands ?? []) };
    case 'commander.unknownOption': {
      const flag = word.replace(/=.*$/s, '');
      return {
        message: `Unknown flag "${flag}" for ${place.name}`,
        suggestion: nearestWord(flag, flagsOf(place)),
      };
    }
    case 'commander.missingArgument':
      return { message: `Missing argument <${word}> for ${place.name}` };
    case 'commander.optionMissingArgument':
      return { message: `Missing value for ${word}` };
    case 'commander.excessArguments':
      return { message: tooMany(error.message, place) };
    default:
      return { message: error.message.replace(/^error: /, '').replace(/\.$/, '') };
  }
}

function tooMany(message: string, place: UsagePlace): string {
  const [expected = '0', got = '?'] = message.match(/\d+/g)?.slice(-2) ?? [];
  return `Too many arguments for ${place.name}: expected ${expected === '0' ? 'none' : `at most ${expected}`}, got ${got}`;
}

function flagsOf(place: UsagePlace): string[] {
  const specs = Object.values(place.definition?.options ?? {});
  const flags = specs.flatMap((spec) => [spec.flags, ...(spec.negation ? [spec.negation.flags] : [])]);
  const names = flags.flatMap((text) => {
    const { short, long } = new Option(text);
    return [short, long].filter((name) => name !== undefined);
  });
  return [...names, '--help', ...(place.definition === undefined ? ['--version'] : [])];
}
