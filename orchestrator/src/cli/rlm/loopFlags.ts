import type { RawLoopOptions } from '../../rlm/options/rawOptions.ts';
import type { CliContext } from '../context.ts';
import { readGoal } from './readGoal.ts';

/** The options of a command that are about a loop. */
export type LoopFlagOptions = Omit<RawLoopOptions, 'goal' | 'goalProblem'> & {
  goal?: string | undefined;
  goalFile?: string | undefined;
  /** Words of the goal that were given as arguments. */
  goalWords?: string[];
};

/** What a command was given for a loop, with the goal read from wherever it is. Throws `usage` failures. */
export async function loopFlags(options: LoopFlagOptions, context: CliContext): Promise<RawLoopOptions> {
  const { goal, goalFile, goalWords = [], ...flags } = options;
  const read = await readGoal({ words: goalWords, goal, goalFile, cwd: context.cwd });
  return { ...pickLoopFlags(flags), ...read };
}

/** Exactly the fields that are about a loop. */
function pickLoopFlags(options: RawLoopOptions): RawLoopOptions {
  const { validator, maxIterations, maxMinutes, iterationMinutes, maxTokens, roles, agent } = options;
  const { agentCommand, agentArgs, protect } = options;
  const budgets = { maxIterations, maxMinutes, iterationMinutes, maxTokens };
  return { validator, ...budgets, roles, agent, agentCommand, agentArgs, protect };
}
