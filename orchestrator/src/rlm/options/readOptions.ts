import type { LoopOptions, Roles } from '../types.ts';
import { isTruthy } from './isTruthy.ts';
import type { OptionProblem } from './optionProblem.ts';
import { createOptionReader, type OptionReader } from './optionReader.ts';
import { OPTION_RULES } from './optionRules.ts';
import type { LoopInputs } from './rawOptions.ts';
import { readAgent } from './readAgent.ts';

export type { LoopInputs } from './rawOptions.ts';

export type OptionsResult =
  | { ok: true; options: LoopOptions }
  | { ok: false; problem: OptionProblem; partial: PartialOptions };

/** What the state of a loop shows whose options are wrong (RLM contract, section 2). */
export interface PartialOptions {
  /** '' when there is none. */
  goal: string;
  roles: Roles;
  /** 88 when it is wrong; 0: unbounded. */
  maxIterations: number;
  /** null also when it is wrong. */
  maxMinutes: number | null;
}

/**
 * Joins flags, environment, configuration and defaults, in this order, and checks them strictly. Of several problems
 * the first is told: goal, roles, iterations, minutes, then the rest (RLM contract, section 2).
 */
export function readOptions(inputs: LoopInputs): OptionsResult {
  const { flags, env, config } = inputs;
  const reader = createOptionReader(inputs);
  const partial = {
    goal: readGoal(inputs, reader),
    roles: reader.read(OPTION_RULES.roles),
    maxIterations: reader.read(OPTION_RULES.maxIterations),
    maxMinutes: reader.read(OPTION_RULES.maxMinutes, null),
  };
  const options: LoopOptions = {
    ...partial,
    validator: reader.read(OPTION_RULES.validator),
    iterationMinutes: reader.read(OPTION_RULES.iterationMinutes),
    maxTokens: reader.read(OPTION_RULES.maxTokens),
    agent: readAgent(inputs, reader),
    protect: readProtect(flags.protect, env['RLM_PROTECT'] ?? '', config?.protect ?? [], reader),
    subagents: isTruthy(env['CODEX_SUBAGENTS']) || isTruthy(env['RLM_SUBAGENTS']),
  };
  const [problem] = reader.problems;
  return problem === undefined ? { ok: true, options } : { ok: false, problem, partial };
}

/**
 * A loop has to end: what is wrong when nothing could end it, else null (RLM contract, section 4, step 0). A limit of
 * tokens is not enough: not every agent tells how many it uses.
 *
 * @param validator the command; null when there is none.
 */
export function checkBounds(options: LoopOptions, validator: string | null): OptionProblem | null {
  const { maxIterations, maxMinutes } = options;
  if (validator !== null || maxIterations !== 0 || maxMinutes !== null) return null;
  return {
    option: '--max-iterations',
    source: 'none',
    value: 'unlimited',
    expected: 'a validator, or a limit of iterations or minutes',
    detail:
      'The loop would never end: it has no validator and no limit of iterations or minutes. ' +
      'Give --validator, --max-iterations or --max-minutes.',
  };
}

function readGoal({ flags, env }: LoopInputs, { problems }: OptionReader): string {
  const option = '--goal';
  const expected = 'words that say what to reach, as an argument or by --goal, --goal-file or RLM_GOAL';
  if (flags.goalProblem !== undefined) {
    problems.push({ option, source: 'flag', value: '', expected, detail: flags.goalProblem });
    return '';
  }
  const goal = (flags.goal ?? env['RLM_GOAL'] ?? '').trim();
  if (goal === '') {
    problems.push({ option, source: flags.goal === undefined ? 'none' : 'flag', value: '', expected });
  }
  return goal;
}

function readProtect(
  flags: readonly string[],
  variable: string,
  config: readonly string[],
  { problems }: OptionReader,
): string[] {
  const blank = flags.find((glob) => glob.trim() === '');
  if (blank !== undefined) {
    const expected = 'a glob of files that must not change, such as "test/**"';
    problems.push({ option: '--protect', source: 'flag', value: blank, expected });
  }
  if (flags.length > 0) return flags.map((glob) => glob.trim());
  // A comma in braces belongs to the glob: `{src,lib}/**`.
  const listed = variable.split(/\n|,(?![^{}]*\})/).map((glob) => glob.trim());
  const globs = listed.filter((glob) => glob !== '');
  return globs.length > 0 ? globs : [...config];
}
