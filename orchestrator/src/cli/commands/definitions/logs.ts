import {
  choice,
  defineCommand,
  flag,
  format,
  text,
  textArgument,
  wholeNumber,
  type OptionsOf,
} from '../../definition.ts';
import { runArgument, runOption, onlyTaskOption } from './shared.ts';

export type LogsOptions = OptionsOf<typeof logsDefinition>;

export const logsDefinition = defineCommand({
  name: 'logs',
  summary: 'show what stages printed',
  arguments: {
    run: runArgument,
    stage: textArgument('[stage]', 'stage id (default: every stage in order)', { values: 'stages' }),
  },
  options: {
    run: runOption,
    stage: text('--stage <id>', 'the same as a flag', 'stages'),
    follow: flag('--follow', 'go on as the run goes on'),
    stream: choice('--stream <stream>', 'only this stream', ['stdout', 'stderr']),
    tail: wholeNumber('--tail <lines>', 'only the last lines of each stage'),
    raw: flag('--raw', 'the bytes as they were printed, control characters included'),
    format: format(),
    task: onlyTaskOption,
  },
  examples: ['logs', 'logs --stage lint --tail 50', 'logs 2026-11-22T12-46-41-046Z-423084bd lint --follow'],
});
