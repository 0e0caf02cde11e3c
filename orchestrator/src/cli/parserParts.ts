import { Argument, Option } from 'commander';
import { nearestWord } from '../config/nearestWord.ts';
import { FailureError } from '../failure.ts';
import type { ArgumentSpec, OptionSpec } from './definition.ts';

/** A declared argument in the parser's terms. */
export function toArgument(spec: ArgumentSpec<unknown>): Argument {
  const argument = new Argument(spec.name, spec.description);
  if (spec.choices) {
    const { choices } = spec;
    argument.choices(choices).argParser((value) => checkChoice(argument.name(), value, choices));
  }
  return argument;
}

/** A declared option in the parser's terms; an invalid value is a `usage` failure. */
export function toOption(spec: OptionSpec<unknown>): Option {
  const option = new Option(spec.flags, spec.description);
  const name = option.long ?? spec.flags;
  if (spec.choices) option.choices(spec.choices);
  if (spec.default !== undefined) option.default(spec.default);
  if (spec.preset !== undefined) option.preset(spec.preset);
  if (option.required || option.optional) {
    option.argParser((value, previous: unknown) => {
      if (spec.choices) checkChoice(name, value, spec.choices);
      const problem = spec.check?.(value) ?? null;
      if (problem !== null) {
        throw new FailureError({
          kind: 'usage',
          message: `Invalid value "${value}" for ${name}: ${problem}`,
        });
      }
      return spec.isRepeatable ? [...(Array.isArray(previous) ? (previous as unknown[]) : []), value] : value;
    });
  }
  return option;
}

function checkChoice(name: string, value: string, choices: readonly string[]): string {
  if (choices.includes(value)) return value;
  const suggestion = nearestWord(value, choices);
  throw new FailureError({
    kind: 'usage',
    message: `Invalid value "${value}" for ${name}: expected ${anyOf(choices)}`,
    ...(suggestion !== undefined && { suggestion }),
  });
}

/** `a, b or c`. */
function anyOf(words: readonly string[]): string {
  return words.join(', ').replace(/, ([^,]*)$/, ' or $1');
}
