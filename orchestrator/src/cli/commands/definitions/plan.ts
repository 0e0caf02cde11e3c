import { defineCommand, flag, format, textArgument, type OptionsOf } from '../../definition.ts';
import { targetOption, taskOption } from './shared.ts';

export type PlanOptions = OptionsOf<typeof planDefinition>;

export const planDefinition = defineCommand({
  name: 'plan',
  summary: 'show what start would run, and why',
  arguments: {
    pipeline: textArgument('[pipeline]', 'pipeline id (default: as for start)', { values: 'pipelines' }),
  },
  options: {
    task: taskOption,
    target: targetOption,
    explain: flag('--explain', 'also tell which stages the stage cache would spare, and why not the others'),
    format: format(),
  },
  examples: ['plan', 'plan diagnostics --format json', 'plan --explain'],
});
