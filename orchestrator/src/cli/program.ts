import { Command, CommanderError, Option } from 'commander';
import { nearestWord } from '../config/nearestWord.ts';
import { FailureError } from '../failure.ts';
import { VERSION } from '../version.ts';
import { commandNamed, wordCount } from './commandNamed.ts';
import { helpDefinition } from './commands/definitions/help.ts';
import type { CliContext } from './context.ts';
import type { CommandDefinition } from './definition.ts';
import { commandHelp, programHelp } from './helpText.ts';
import { separateOptionalValues } from './optionalValues.ts';
import { toArgument, toOption } from './parserParts.ts';
import { rawOptions } from './rawOptions.ts';
import { COMMANDS, type RegisteredCommand } from './registry.ts';
import { usageFailure } from './usageFailure.ts';

const DEFINITIONS = COMMANDS.map(({ definition }) => definition);

/**
 * Parses the arguments and runs the command they name. Resolves with its exit code; 0 after help and version.
 * Throws a `usage` failure for arguments that make no sense, and whatever the command throws.
 */
export async function runProgram(context: CliContext): Promise<number> {
  let exitCode = 0;
  const program = createProgram(context);
  for (const { definition, run } of commandsFor(context.argv)) {
    const command = createCommand(definition, context);
    command.action(async () => {
      exitCode = (await run(rawOptions(definition, command), context)) ?? 0;
    });
    program.addCommand(command, { hidden: definition.isHidden === true });
  }
  program.addCommand(createHelpCommand(program, context));
  try {
    await program.parseAsync(parserInput(context.argv), { from: 'user' });
  } catch (error) {
    // Help and version end the parsing by an exception of their own.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    throw error;
  }
  return exitCode;
}

/** A command that is named is the only one the parser must know; help and suggestions need all. */
function commandsFor(argv: readonly string[]): readonly RegisteredCommand[] {
  const name = commandNamed(DEFINITIONS, argv)?.name;
  return name === undefined ? COMMANDS : COMMANDS.filter(({ definition }) => definition.name === name);
}

/** For the parser, the name of a command is one word even if it has a space in it. */
function parserInput(argv: readonly string[]): string[] {
  const definition = commandNamed(DEFINITIONS, argv);
  if (definition !== undefined) {
    return [definition.name, ...separateOptionalValues(definition, argv.slice(wordCount(definition)))];
  }
  const [name = helpDefinition.name, ...rest] = argv;
  const isName =
    name === helpDefinition.name && rest.length > 1 && !rest.some((word) => word.startsWith('-'));
  return [name, ...(isName ? [rest.join(' ')] : rest)];
}

function createProgram(context: CliContext): Command {
  const program = new Command('codex-orchestrator')
    .usage('<command> [options]')
    .version(VERSION, '-v, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .enablePositionalOptions()
    .addHelpText('after', () => programHelp());
  const names = [
    ...COMMANDS.filter(({ definition }) => !definition.isHidden),
    { definition: helpDefinition },
  ];
  return withOurWords(program, context, (error) =>
    usageFailure(error, {
      name: 'codex-orchestrator',
      commands: names.map(({ definition }) => definition.name),
    }),
  );
}

function createCommand(definition: CommandDefinition, context: CliContext): Command {
  const command = new Command(definition.name)
    .summary(definition.summary)
    .description(definition.description ?? definition.summary)
    .helpOption('-h, --help', 'show help')
    .passThroughOptions(definition.passesThrough === true)
    .addHelpText('after', () => commandHelp(definition));
  for (const spec of Object.values(definition.arguments)) command.addArgument(toArgument(spec));
  for (const spec of Object.values(definition.options)) {
    command.addOption(toOption(spec));
    if (spec.negation) command.addOption(new Option(spec.negation.flags, spec.negation.description));
  }
  return withOurWords(command, context, (error) =>
    usageFailure(error, { name: definition.name, definition }),
  );
}

function createHelpCommand(program: Command, context: CliContext): Command {
  const help = createCommand(helpDefinition, context);
  return help.action((name: string | undefined) => {
    if (name === undefined) program.help();
    const command = program.commands.find((candidate) => candidate.name() === name);
    if (command !== undefined) command.help();
    const suggestion = nearestWord(
      name,
      COMMANDS.filter(({ definition }) => !definition.isHidden).map(({ definition }) => definition.name),
    );
    throw new FailureError({
      kind: 'usage',
      message: `Unknown command "${name}"`,
      ...(suggestion !== undefined && { suggestion }),
    });
  });
}

/** The parser neither writes errors nor exits: it throws, and one place reports. */
function withOurWords(
  command: Command,
  { stdout }: CliContext,
  toFailure: (error: CommanderError) => FailureError,
): Command {
  return command
    .showSuggestionAfterError(false)
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => Math.min(stdout.columns || 100, 120),
      getOutHasColors: () => false,
    })
    .exitOverride((error) => {
      throw error.exitCode === 0 ? error : toFailure(error);
    });
}
