import { defineCommand } from '../../definition.ts';

export const versionDefinition = defineCommand({
  name: 'version',
  summary: 'show the version',
  arguments: {},
  options: {},
  examples: [],
});
