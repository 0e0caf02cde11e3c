import type { FinalStatus } from '../types.ts';

/** Why an `error` ended the loop: the validator's command is not there, or anything else. */
export type ErrorCause = 'validator-not-found' | 'other';

/** 128 + the number of the signal, as a shell says it. */
export const EXIT_INTERRUPTED = 130;
export const EXIT_TERMINATED = 143;

/**
 * The exit code of a loop that ended by itself (RLM contract, section 5). A token budget counts like the other
 * budgets, and so does a loop that moves no more.
 */
export function exitCodeOfFinal(
  status: Exclude<FinalStatus, 'cancelled'>,
  cause: ErrorCause = 'other',
): number {
  switch (status) {
    case 'passed':
    case 'budget_complete':
      return 0;
    case 'no_validator':
      return 2;
    case 'max_iterations':
    case 'max_minutes':
    case 'max_tokens':
    case 'no_progress':
      return 3;
    case 'error':
      return cause === 'validator-not-found' ? 4 : 10;
    case 'invalid_config':
      return 5;
    default:
      return status satisfies never;
  }
}
