import { text, texts } from '../../definition.ts';

/**
 * Options of the commands that run a loop. All values arrive as they were given: the loop itself judges them, so that
 * a wrong one stands in its state.
 */
export const loopOptions = {
  goal: text('--goal <text>', 'what the agent is to reach (default: RLM_GOAL)'),
  goalFile: text('--goal-file <file>', 'file that holds the goal; - for standard input'),
  validator: text(
    '--validator <command>',
    'shell text that exits 0 when the goal is reached; auto looks for one, none goes without (default: auto)',
  ),
  maxIterations: text('--max-iterations <number>', 'most iterations; 0 or unlimited: no limit (default: 88)'),
  maxMinutes: text('--max-minutes <minutes>', 'most minutes, such as 90 or 0.5; 0: no limit (default: 2880)'),
  iterationMinutes: text(
    '--iteration-minutes <minutes>',
    'most minutes of the agent in one iteration, and again of the validator (default: no limit)',
  ),
  maxTokens: text('--max-tokens <number>', 'most tokens of the whole loop (default: no limit)'),
  roles: text(
    '--roles <roles>',
    'single: one call per iteration; triad: planner, critic, reviser (default: single)',
  ),
  agent: text('--agent <agent>', 'codex, claude or command (default: codex)'),
  agentCommand: text(
    '--agent-command <command>',
    'shell text of an agent of your own, which reads its prompt from standard input; implies --agent command',
  ),
  agentArgs: texts('--agent-arg <text>', 'one more argument for the agent; repeatable'),
  protect: texts('--protect <glob>', 'files that must not change; repeatable'),
};
