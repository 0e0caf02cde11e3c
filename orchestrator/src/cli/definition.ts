/**
 * The language in which a subcommand is declared: its words, arguments and options in one place, from which the
 * parser, the help, the completion and the type of its options all come.
 */

/** What a value of an argument or option names; completion offers those that exist. */
export type ValueSource =
  | 'pipelines'
  | 'runs'
  | 'stages'
  | 'targets'
  | 'tasks'
  | 'cacheKeys'
  | 'cachedStages'
  | 'commands'
  | 'directories';

export interface OptionSpec<T> {
  /** As in `--task <id>`; two long names are allowed, the second is the one shown first in documents. */
  flags: string;
  description: string;
  /** A second flag that says no, as in `--no-interactive`. */
  negation?: { flags: string; description: string };
  choices?: readonly string[];
  default?: string;
  /** Value of an option whose value was left out. */
  preset?: string;
  isRepeatable?: boolean;
  values?: ValueSource;
  /** Says what is wrong with a value, or null. */
  check?(text: string): string | null;
  /** From what the parser found (undefined: not given) to what the command gets. */
  read(raw: unknown): T;
}

export interface ArgumentSpec<T> {
  /** `[name]`, `<name>` or `[name...]`. */
  name: string;
  description: string;
  choices?: readonly string[];
  values?: ValueSource;
  read(raw: unknown): T;
}

export interface CommandDefinition {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** More for its own help. */
  description?: string;
  /** In order. One with the same key as an option is another way to give it. */
  arguments: Record<string, ArgumentSpec<unknown>>;
  options: Record<string, OptionSpec<unknown>>;
  examples: readonly string[];
  /** Everything from the first argument on belongs to a command of the user's. */
  passesThrough?: boolean;
  isHidden?: boolean;
}

/** The type of the options that the command of a definition gets: arguments and options by key. */
export type OptionsOf<D extends Pick<CommandDefinition, 'arguments' | 'options'>> = {
  [K in keyof D['arguments'] | keyof D['options']]: K extends keyof D['options']
    ? ReturnType<D['options'][K]['read']>
    : K extends keyof D['arguments']
      ? ReturnType<D['arguments'][K]['read']>
      : never;
};

/** Declares a subcommand; keeps the exact types of its options. */
export function defineCommand<const D extends CommandDefinition>(definition: D): D {
  return definition;
}

export function textArgument(
  name: string,
  description: string,
  extra: Pick<ArgumentSpec<string>, 'choices' | 'values'> = {},
): ArgumentSpec<string | undefined> {
  return { name, description, ...extra, read: asText };
}

export function listArgument(name: string, description: string): ArgumentSpec<string[]> {
  return { name, description, read: asList };
}

export function flag(flags: string, description: string): OptionSpec<boolean> {
  return { flags, description, read: (raw) => raw === true };
}

export function text(
  flags: string,
  description: string,
  values?: ValueSource,
): OptionSpec<string | undefined> {
  return { flags, description, ...(values !== undefined && { values }), read: asText };
}

export function texts(flags: string, description: string): OptionSpec<string[]> {
  return { flags, description, isRepeatable: true, read: asList };
}

/** A yes, a no or neither. */
export function toggle(
  flags: string,
  description: string,
  negation: { flags: string; description: string },
): OptionSpec<boolean | undefined> {
  return { flags, description, negation, read: (raw) => (typeof raw === 'boolean' ? raw : undefined) };
}

/** `--no-thing`: true when it is given. */
export function denial(flags: string, description: string): OptionSpec<boolean> {
  return { flags, description, read: (raw) => raw === false };
}

/** One of a few words; undefined when not given, unless there is a default. */
export function choice<const C extends string>(
  flags: string,
  description: string,
  choices: readonly C[],
): OptionSpec<C | undefined> {
  return { flags, description, choices, read: (raw) => choices.find((word) => word === raw) };
}

/** `--format text|json`, text unless said otherwise. */
export function format(): OptionSpec<'text' | 'json'> {
  return {
    flags: '--format <format>',
    description: 'json: exactly one JSON document on stdout, everything else on stderr',
    choices: ['text', 'json'],
    default: 'text',
    read: (raw) => (raw === 'json' ? 'json' : 'text'),
  };
}

/** A length of time given in seconds, handed over in ms. */
export function seconds(flags: string, description: string): OptionSpec<number | undefined> {
  return {
    flags,
    description,
    check: (value) => (isSeconds(value) ? null : 'expected a number of seconds, such as 5 or 0.5'),
    read: (raw) => (typeof raw === 'string' ? Math.round(Number(raw) * 1000) : undefined),
  };
}

export function wholeNumber(flags: string, description: string): OptionSpec<number | undefined> {
  return {
    flags,
    description,
    check: (value) => (/^\d{1,15}$/.test(value) ? null : 'expected a whole number, such as 20'),
    read: (raw) => (typeof raw === 'string' ? Number(raw) : undefined),
  };
}

function asText(raw: unknown): string | undefined {
  return typeof raw === 'string' ? raw : undefined;
}

function asList(raw: unknown): string[] {
  return Array.isArray(raw) ? raw.filter((item) => typeof item === 'string') : [];
}

function isSeconds(value: string): boolean {
  return /^\d{1,9}(\.\d{1,3})?$/.test(value);
}
