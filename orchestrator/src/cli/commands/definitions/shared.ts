import { flag, seconds, text, textArgument, toggle } from '../../definition.ts';

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

/** Options of every command that runs stages. */
export const runningOptions = {
  interactive: toggle('--ui, --interactive', 'live view; on by default where the terminal allows it', {
    flags: '--no-interactive',
    description: 'plain lines also on a terminal',
  }),
  graceMs: seconds(
    '--grace <seconds>',
    'time a stage gets to end after a stop, before it is killed (default: 5)',
  ),
  verbose: flag(
    '--verbose',
    'also show the output of stages, each line with its stage; of a loop what agent and validator do, at most 10 lines a second',
  ),
  quiet: flag('--quiet', 'only warnings, failures and how the run ended'),
};
