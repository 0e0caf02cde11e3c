import { defineCommand, flag, format, text, type OptionsOf } from '../../definition.ts';
import { runArgument, runOption, onlyTaskOption } from './shared.ts';

export type CancelOptions = OptionsOf<typeof cancelDefinition>;

export const cancelDefinition = defineCommand({
  name: 'cancel',
  summary: 'end a run that is going on, with all its processes',
  arguments: { run: runArgument },
  options: {
    run: runOption,
    task: onlyTaskOption,
    reason: text('--reason <text>', 'why, for the record'),
    force: flag('--force', 'skip the grace period: kill at once'),
    format: format(),
  },
  examples: ['cancel', 'cancel --run 2026-11-22T12-46-41-046Z-423084bd --force'],
});
