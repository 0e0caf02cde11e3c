import { defineCommand, format, listArgument, text, type OptionsOf } from '../../definition.ts';
import { loopOptions } from './loopOptions.ts';
import { runningOptions } from './shared.ts';

export type RlmOptions = OptionsOf<typeof rlmDefinition>;

export const rlmDefinition = defineCommand({
  name: 'rlm',
  summary: 'let an agent work until a validator passes',
  description:
    'Calls an agent again and again, each time with what the validator said, until it passes or a budget is used up.',
  arguments: {
    goalWords: listArgument('[goal...]', 'what the agent is to reach; - reads it from standard input'),
  },
  options: {
    ...loopOptions,
    task: text(
      '--task <id>',
      'task the run belongs to (default: MCP_RUNNER_TASK_ID, else rlm- and the name of the folder)',
      'tasks',
    ),
    parentRun: text('--parent-run <id>', 'record this run as a child of another', 'runs'),
    approvalPolicy: text('--approval-policy <text>', 'recorded in the manifest'),
    format: format(),
    ...runningOptions,
  },
  examples: [
    'rlm "make the tests pass"',
    'rlm --goal-file task.md --validator "npm test" --max-iterations 20 --max-minutes 90',
    'rlm "port it to ESM" --agent-arg=-c --agent-arg=model_reasoning_effort=high --protect "test/**"',
  ],
});
