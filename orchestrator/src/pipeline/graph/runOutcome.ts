import type { CancelCause } from '../cancellation.ts';
import type { StageResult } from '../commandStage.ts';
import type { ExecutionResult } from '../runContext.ts';
import type { FailurePolicy } from './schedule.ts';

/** Gathers how stages ended, in the order in which they did. */
export interface RunOutcome {
  add(result: StageResult): void;
  /**
   * How the run ended. A cancellation counts for more than a failure before it, since the run would have gone on, but only
   * if it kept the run from something: it has come too late once all stages have come to their own end.
   *
   * @param isLeft whether a stage may have begun that has not
   */
  result(cause: CancelCause | null, isLeft: boolean): ExecutionResult;
}

/** @param stages how many the run has, those that had passed before included */
export function createRunOutcome(stages: number, policy: FailurePolicy): RunOutcome {
  let failed: Failure | null = null;
  let whole = 0;
  let isCut = false;
  return {
    add({ stopDetail, exitCode, wasCancelled, ranWhole }) {
      // With `stop` it is the first failure that ends the others, even if somebody cancels the run while they do.
      if (wasCancelled && (failed === null || policy !== 'stop')) isCut = true;
      if (stopDetail !== null) failed ??= failureOf(stopDetail, exitCode);
      else if (ranWhole) whole += 1;
    },
    result(cause, isLeft) {
      const ranWhole = whole === stages;
      if (cause !== null && (isCut || isLeft))
        return { status: 'cancelled', statusDetail: `cancelled:${cause}`, ranWhole };
      return { ...(failed ?? { status: 'succeeded', statusDetail: null }), ranWhole };
    },
  };
}

type Failure = Omit<ExecutionResult, 'ranWhole'>;

function failureOf(statusDetail: string, exitCode: number | undefined): Failure {
  return { status: 'failed', statusDetail, ...(exitCode !== undefined && { exitCode }) };
}
