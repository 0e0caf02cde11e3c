import { concurrencyProblem } from '../../concurrency.ts';
import { choice, denial, flag, seconds, text, textArgument, toggle, wholeNumber } from '../../definition.ts';

export const taskOption = text(
  '--task <id>',
  'task the run belongs to (default: MCP_RUNNER_TASK_ID, else 0101)',
  'tasks',
);

/** For commands that find a run wherever it is. */
export const onlyTaskOption = text(
  '--task <id>',
  'look for the run in this task only (default: in every task)',
  'tasks',
);

export const runArgument = textArgument('[run]', 'id of the run, or a part of it that no other run has', {
  values: 'runs',
});

export const runOption = text('--run <id>', 'the same as a flag', 'runs');

export const targetOption = text(
  '--target-stage, --target <stage>',
  'stage to mark as target in the plan (default: CODEX_ORCHESTRATOR_TARGET_STAGE); every stage runs',
  'targets',
);

/** Options of commands that run stages of the repository's own. */
export const cacheOptions = {
  noCache: denial('--no-cache', 'run every stage, and store nothing in the stage cache'),
  force: flag('--force', 'run every stage, and let its result replace what is in the stage cache'),
};

/** Options of every command that runs stages. */
export const runningOptions = {
  interactive: toggle('--ui, --interactive', 'live view; on by default where the terminal allows it', {
    flags: '--no-interactive',
    description: 'plain lines also on a terminal',
  }),
  concurrency: {
    ...wholeNumber(
      '--concurrency <number>',
      'most stages at the same time where stages have needs (default: CODEX_ORCHESTRATOR_CONCURRENCY, else the file, else the number of processors)',
    ),
    check: concurrencyProblem,
  },
  onFailure: choice(
    '--on-failure <policy>',
    'what a failure means for other stages: finish lets running ones end (default), stop ends them, continue goes on with all that do not depend on it',
    ['finish', 'stop', 'continue'],
  ),
  graceMs: seconds(
    '--grace <seconds>',
    'time a stage gets to end after a stop, before it is killed (default: 5)',
  ),
  verbose: flag(
    '--verbose',
    'also show the output of stages, each line with its stage; of a loop what agent and validator do, at most 10 lines a second',
  ),
  output: choice(
    '--output <mode>',
    'show the output of stages: stream as it comes, grouped that of one stage after the other',
    ['grouped', 'stream'],
  ),
  quiet: flag('--quiet', 'only warnings, failures and how the run ended'),
};
