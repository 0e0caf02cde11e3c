import { commandNamed, wordCount } from '../commandNamed.ts';
import type { CommandDefinition, OptionSpec, ValueSource } from '../definition.ts';

/** Something that can stand where the cursor is. */
export interface Candidate {
  value: string;
  description: string;
}

/** What is known of the command line when values are looked up. */
export interface CompletionState {
  /** Words given so far for the keys of the command, e.g. `run`. */
  given: ReadonlyMap<string, string>;
}

/** Looks up the values that exist. May throw; the caller shows nothing then. */
export type ValueLookup = (source: ValueSource, state: CompletionState) => Promise<Candidate[]>;

/**
 * What can stand in place of the last of the words. `words` is the command line without the program; the last one is
 * the one being typed and may be empty.
 */
export async function candidates(
  definitions: readonly CommandDefinition[],
  words: readonly string[],
  lookUp: ValueLookup,
): Promise<Candidate[]> {
  const typed = words.at(-1) ?? '';
  const all = await possible(definitions, words.slice(0, -1), typed, lookUp);
  return all.filter(({ value }) => value.startsWith(typed));
}

async function possible(
  definitions: readonly CommandDefinition[],
  before: readonly string[],
  typed: string,
  lookUp: ValueLookup,
): Promise<Candidate[]> {
  const visible = definitions.filter((definition) => definition.isHidden !== true);
  if (before.length === 0) {
    return typed.startsWith('-')
      ? [HELP, { value: '--version', description: 'show the version' }]
      : nextWords(visible, []);
  }
  const definition = commandNamed(visible, before);
  if (definition === undefined) return nextWords(visible, before);
  const rest = before.slice(wordCount(definition));
  const takesCommand = Object.values(definition.arguments)[0]?.values === 'commands';
  if (takesCommand && !typed.startsWith('-')) return nextWords(visible, rest);
  return [...nextWords(visible, before), ...(await possibleFor(definition, rest, typed, lookUp))];
}

/** The words that make the name of a command out of those before. */
function nextWords(definitions: readonly CommandDefinition[], before: readonly string[]): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const { name, summary } of definitions) {
    const words = name.split(' ');
    const value = words[before.length];
    if (value === undefined || before.some((word, position) => word !== words[position])) continue;
    const isWhole = words.length === before.length + 1;
    if (isWhole || !found.has(value)) found.set(value, { value, description: summary });
  }
  return [...found.values()];
}

async function possibleFor(
  definition: CommandDefinition,
  rest: readonly string[],
  typed: string,
  lookUp: ValueLookup,
): Promise<Candidate[]> {
  const find = async (
    spec: { choices?: readonly string[]; values?: ValueSource },
    given: Map<string, string>,
  ) => {
    if (spec.choices) return spec.choices.map((value) => ({ value, description: '' }));
    return spec.values ? lookUp(spec.values, { given }) : [];
  };

  const line = readLine(definition, rest);
  if (line.pending) return find(line.pending.spec, line.given);
  const [, flagName, separator] = /^(--[^=]+)(=)?/.exec(typed) ?? [];
  if (!line.flagsEnded && separator !== undefined && flagName !== undefined) {
    const option = optionNamed(definition, flagName);
    const values = option ? await find(option.spec, line.given) : [];
    return values.map(({ value, description }) => ({ value: `${flagName}=${value}`, description }));
  }
  if (!line.flagsEnded && typed.startsWith('-')) return unusedFlags(definition, line.used);
  const argument = Object.entries(definition.arguments).find(([key]) => !line.given.has(key))?.[1];
  // The shell knows more about a command of the user's than we do.
  if (definition.passesThrough) return [];
  const values = argument ? await find(argument, line.given) : [];
  return values.length > 0 || line.flagsEnded || typed !== '' ? values : unusedFlags(definition, line.used);
}

const HELP: Candidate = { value: '--help', description: 'show help' };

interface ReadLine {
  given: Map<string, string>;
  used: Set<OptionSpec<unknown>>;
  /** The option whose value comes next. */
  pending: { key: string; spec: OptionSpec<unknown> } | null;
  flagsEnded: boolean;
}

/** Reads the words after the subcommand as far as completion needs to know, without complaining about any. */
function readLine(definition: CommandDefinition, words: readonly string[]): ReadLine {
  const line: ReadLine = { given: new Map(), used: new Set(), pending: null, flagsEnded: false };
  for (const word of words) {
    if (line.pending) {
      line.given.set(line.pending.key, word);
      line.pending = null;
    } else if (!line.flagsEnded && word === '--') {
      line.flagsEnded = true;
    } else if (!line.flagsEnded && word.startsWith('-')) {
      const [flagName = '', value] = word.split(/=(.*)/s);
      const option = optionNamed(definition, flagName);
      if (!option) continue;
      line.used.add(option.spec);
      if (value !== undefined) line.given.set(option.key, value);
      else if (takesNextWord(option.spec)) line.pending = option;
    } else {
      const key = Object.keys(definition.arguments).find((candidate) => !line.given.has(candidate));
      if (key !== undefined) line.given.set(key, word);
      if (definition.passesThrough) line.flagsEnded = true;
    }
  }
  return line;
}

function optionNamed(
  definition: CommandDefinition,
  name: string,
): { key: string; spec: OptionSpec<unknown> } | undefined {
  const entry = Object.entries(definition.options).find(([, spec]) => flagNames(spec).includes(name));
  return entry && { key: entry[0], spec: entry[1] };
}

function unusedFlags(definition: CommandDefinition, used: ReadonlySet<OptionSpec<unknown>>): Candidate[] {
  const flags = Object.values(definition.options)
    .filter((spec) => spec.isRepeatable || !used.has(spec))
    .flatMap((spec) => flagNames(spec).map((value) => ({ value, description: spec.description })));
  return [...flags, HELP];
}

function flagNames(spec: OptionSpec<unknown>): string[] {
  return [spec.flags, spec.negation?.flags ?? ''].flatMap((text) => text.match(/(?<=^|, )--?[^ ,]+/g) ?? []);
}

function takesNextWord(spec: OptionSpec<unknown>): boolean {
  return spec.flags.includes('<');
}
