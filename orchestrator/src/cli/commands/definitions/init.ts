import { defineCommand, flag, format, text, textArgument, type OptionsOf } from '../../definition.ts';

export type InitOptions = OptionsOf<typeof initDefinition>;

export const initDefinition = defineCommand({
  name: 'init',
  summary: 'write a codex.orchestrator.json from what is detected here',
  arguments: {
    template: textArgument('[template]', 'what to write; codex is the only one', { choices: ['codex'] }),
  },
  options: {
    cwd: text('--cwd <folder>', 'repository to look at and write to (default: this one)', 'directories'),
    force: flag('--force', 'replace a file that is there already'),
    print: flag('--print', 'print the file and write nothing'),
    format: format(),
  },
  examples: ['init', 'init --print', 'init codex --cwd ../other --force'],
});
