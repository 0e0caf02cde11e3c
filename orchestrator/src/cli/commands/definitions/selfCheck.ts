import { defineCommand, format, type OptionsOf } from '../../definition.ts';

export type SelfCheckOptions = OptionsOf<typeof selfCheckDefinition>;

export const selfCheckDefinition = defineCommand({
  name: 'self-check',
  summary: 'show that the program itself works: name, version, Node version',
  arguments: {},
  options: { format: format() },
  examples: ['self-check --format json'],
});
