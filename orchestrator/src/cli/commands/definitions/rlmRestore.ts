import { defineCommand, flag, format, text, type OptionSpec, type OptionsOf } from '../../definition.ts';
import { onlyTaskOption } from './shared.ts';

export type RlmRestoreOptions = OptionsOf<typeof rlmRestoreDefinition>;

export const rlmRestoreDefinition = defineCommand({
  name: 'rlm restore',
  summary: 'bring back the files as they were before an iteration of a loop',
  description:
    'Makes the work tree equal to a checkpoint of a loop, after showing what would be lost. Ignored files, the index, ' +
    'branches and the stash stay as they are. Without --iteration: lists the checkpoints.',
  arguments: {},
  options: {
    run: text(
      '--run <id>',
      'id of the run, or a part of it that no other run has (default: the newest)',
      'runs',
    ),
    task: onlyTaskOption,
    iteration: checkpoint(),
    yes: flag('--yes', 'do not ask'),
    format: format(),
  },
  examples: ['rlm restore', 'rlm restore --run 423084bd --iteration 3'],
});

function checkpoint(): OptionSpec<string | undefined> {
  const isName = (value: string): boolean => /^[1-9]\d{0,8}$|^before-restore-[\w-]+$/.test(value);
  return {
    ...text(
      '--iteration <n>',
      'the files as they were before this one; or the name that an earlier restore gave',
    ),
    check: (value) =>
      isName(value)
        ? null
        : 'expected the number of an iteration, or a name that begins with before-restore-',
  };
}
