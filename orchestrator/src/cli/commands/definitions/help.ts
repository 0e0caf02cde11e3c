import { defineCommand, textArgument, type OptionsOf } from '../../definition.ts';

export type HelpOptions = OptionsOf<typeof helpDefinition>;

export const helpDefinition = defineCommand({
  name: 'help',
  summary: 'show help for a command',
  arguments: { command: textArgument('[command]', 'the command', { values: 'commands' }) },
  options: {},
  examples: ['help start'],
});
