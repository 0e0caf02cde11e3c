import { defineCommand, listArgument, textArgument, type OptionsOf } from '../../definition.ts';

export type CompletionOptions = OptionsOf<typeof completionDefinition>;
export type CompleteOptions = OptionsOf<typeof completeDefinition>;

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const completionDefinition = defineCommand({
  name: 'completion',
  summary: 'print a completion script for a shell',
  description: [
    'To switch completion on:',
    '  bash: echo \'eval "$(codex-orchestrator completion bash)"\' >> ~/.bashrc',
    '  zsh:  echo \'eval "$(codex-orchestrator completion zsh)"\' >> ~/.zshrc',
    '  fish: codex-orchestrator completion fish > ~/.config/fish/completions/codex-orchestrator.fish',
  ].join('\n'),
  arguments: { shell: textArgument('<shell>', 'the shell', { choices: SHELLS }) },
  options: {},
  examples: ['completion bash'],
});

/** What the scripts ask at every press of the tab key. */
export const completeDefinition = defineCommand({
  name: '__complete',
  summary: 'print candidates for the last of the words',
  arguments: { words: listArgument('[words...]', 'the command line so far, without the program') },
  options: {},
  examples: [],
  passesThrough: true,
  isHidden: true,
});
