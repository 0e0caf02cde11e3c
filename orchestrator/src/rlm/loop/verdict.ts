import type { ValidatorRun } from '../validator/runValidator.ts';
import type { Budget } from './budget.ts';
import type { LoopEnd } from './endLoop.ts';
import type { LoopState } from './loopState.ts';
import { judgeProgress } from './progressWatch.ts';

/**
 * Whether the loop is over after an iteration, and how; null when it goes on. The order of the questions is the
 * contract's (RLM, section 4): validator missing, passed, iterations, time; then tokens, then whether it still moves.
 *
 * @param validator how the validator of this iteration ended; null when it did not run
 */
export function verdict(state: LoopState, budget: Budget, validator: ValidatorRun | null): LoopEnd | null {
  if (validator?.ended === 'not-found') return { status: 'validator_not_found' };
  if (validator?.exitCode === 0 && state.protectedFilesChanged.length === 0) return { status: 'passed' };
  const exhausted = budgetEnd(state, budget);
  if (exhausted !== null) return exhausted;
  const progress = judgeProgress(state.iterations);
  if (progress.kind === 'moving' || progress.stage === 'first-sign') return null;
  return { status: 'no_progress', pattern: progress.kind, times: progress.times };
}

/** The end of a loop whose budget is used up; null while all budgets have something left. */
export function budgetEnd(state: LoopState, budget: Budget): LoopEnd | null {
  const exhausted = budget.exhausted();
  if (exhausted === null) return null;
  return state.validator === 'none' ? { status: 'budget_complete', exhausted } : { status: exhausted };
}
