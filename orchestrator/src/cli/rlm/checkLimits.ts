import { FailureError } from '../../failure.ts';
import { optionProblemText } from '../../rlm/options/optionProblemText.ts';
import { OPTION_RULES, type OptionRule } from '../../rlm/options/optionRules.ts';
import type { RawLoopOptions } from '../../rlm/options/rawOptions.ts';

const LIMITS: readonly OptionRule<unknown>[] = [
  OPTION_RULES.maxIterations,
  OPTION_RULES.maxMinutes,
  OPTION_RULES.iterationMinutes,
  OPTION_RULES.maxTokens,
];

/**
 * Looks at the limits that a resumed loop is given. The loop would find them wrong itself, but then that would be its
 * new end, in place of the one by which it can be gone on with.
 *
 * @throws FailureError `usage` for the first value that is none
 */
export function checkLimits(flags: RawLoopOptions): void {
  for (const rule of LIMITS) {
    const value = rule.flag(flags);
    if (value === undefined || rule.parse(value) !== undefined) continue;
    const { option, expected } = rule;
    const message = optionProblemText({ option, source: 'flag', value, expected });
    throw new FailureError({ kind: 'usage', message: message.replace(/\.$/, '') });
  }
}
