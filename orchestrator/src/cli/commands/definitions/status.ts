import { defineCommand, flag, format, seconds, type OptionsOf } from '../../definition.ts';
import { runArgument, runOption, onlyTaskOption } from './shared.ts';

export type StatusOptions = OptionsOf<typeof statusDefinition>;

export const statusDefinition = defineCommand({
  name: 'status',
  summary: 'show how a run stands, and whether anybody works on it',
  arguments: { run: runArgument },
  options: {
    run: runOption,
    watch: flag('--watch', 'show it again and again until the run is over'),
    intervalMs: seconds('--interval <seconds>', 'pause between two looks with --watch (default: 10)'),
    format: format(),
    task: onlyTaskOption,
  },
  examples: ['status', 'status --run 2026-11-22T12-46-41-046Z-423084bd', 'status --watch --interval 2'],
});
