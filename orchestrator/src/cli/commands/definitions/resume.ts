import { defineCommand, format, text, type OptionsOf } from '../../definition.ts';
import {
  cacheOptions,
  runArgument,
  runningOptions,
  runOption,
  targetOption,
  onlyTaskOption,
} from './shared.ts';

export type ResumeOptions = OptionsOf<typeof resumeDefinition>;

export const resumeDefinition = defineCommand({
  name: 'resume',
  summary: 'finish a run that failed, was cancelled or was killed',
  description: 'Runs the stages that have not succeeded yet. A success that was recorded is never run again.',
  arguments: { run: runArgument },
  options: {
    run: runOption,
    token: text('--token <token>', 'refuse unless it is the resume token of the run'),
    actor: text('--actor <name>', 'who resumes, for the record (default: cli)'),
    reason: text('--reason <text>', 'why, for the record (default: manual-resume)'),
    target: targetOption,
    format: format(),
    task: onlyTaskOption,
    ...runningOptions,
    ...cacheOptions,
    maxIterations: text(
      '--max-iterations <number>',
      'for a loop: another limit, earlier iterations included',
    ),
    maxMinutes: text('--max-minutes <minutes>', 'for a loop: another limit, the time used before included'),
    iterationMinutes: text('--iteration-minutes <minutes>', 'for a loop: another limit of each iteration'),
    maxTokens: text('--max-tokens <number>', 'for a loop: another limit, the tokens used before included'),
  },
  examples: ['resume', 'resume --run 2026-11-22T12-46-41-046Z-423084bd --reason "disk was full"'],
});
