import { defineCommand, format, textArgument, wholeNumber, type OptionsOf } from '../../definition.ts';
import { taskOption } from './shared.ts';

export type MetricsOptions = OptionsOf<typeof metricsDefinition>;

export const metricsDefinition = defineCommand({
  name: 'metrics',
  summary: 'show, check and mend the metrics of a task',
  description: [
    'show:    success rate, durations, trend of the newest runs; what you get without a word',
    'verify:  read the whole history and compare it with what is stored; changes nothing',
    'rebuild: compute everything anew from the whole history',
    'repair:  bring in what killed runs left: queued entries, runs never recorded, temporary files',
  ].join('\n'),
  arguments: {
    action: textArgument('[action]', 'what to do', { choices: ['show', 'verify', 'rebuild', 'repair'] }),
  },
  options: {
    task: {
      ...taskOption,
      description: 'the task whose metrics are meant (default: MCP_RUNNER_TASK_ID, else 0101)',
    },
    last: wholeNumber('--last <count>', 'with show: how many of the newest runs (default: 20)'),
    format: format(),
  },
  examples: ['metrics', 'metrics --last 100 --format json', 'metrics verify --task 0101', 'metrics repair'],
});
