import { defineCommand, flag, format, text, textArgument, type OptionsOf } from '../../definition.ts';
import { loopOptions } from './loopOptions.ts';
import { cacheOptions, runningOptions, targetOption, taskOption } from './shared.ts';

export type StartOptions = OptionsOf<typeof startDefinition>;

export const startDefinition = defineCommand({
  name: 'start',
  summary: 'run a pipeline and record its evidence',
  description:
    'Runs a pipeline of codex.orchestrator.json, or of what is detected in the repository without one. ' +
    'The options from --goal on are for pipelines with a loop; see `codex-orchestrator rlm --help`.',
  arguments: {
    pipeline: textArgument(
      '[pipeline]',
      'pipeline id (default: defaultPipeline of the file, else diagnostics)',
      {
        values: 'pipelines',
      },
    ),
  },
  options: {
    task: taskOption,
    parentRun: text('--parent-run <id>', 'record this run as a child of another', 'runs'),
    approvalPolicy: text('--approval-policy <text>', 'recorded in the manifest'),
    target: targetOption,
    watch: flag('--watch', 'run again whenever files change that the stages read, until Ctrl-C'),
    format: format(),
    ...runningOptions,
    ...cacheOptions,
    ...loopOptions,
  },
  examples: ['start', 'start diagnostics --verbose', 'start diagnostics --task 0042 --format json'],
});
