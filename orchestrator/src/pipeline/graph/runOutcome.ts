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

export function createRunOutcome(policy: FailurePolicy): RunOutcome {
  let failed: ExecutionResult | null = null;
  let isCut = false;
  return {
    add({ stopDetail, exitCode, wasCancelled }) {
      // With `stop` it is the first failure that ends the others, even if somebody cancels the run while they do.
      if (wasCancelled && (failed === null || policy !== 'stop')) isCut = true;
      if (stopDetail !== null) failed ??= failureOf(stopDetail, exitCode);
    },
    result(cause, isLeft) {
      if (cause !== null && (isCut || isLeft))
        return { status: 'cancelled', statusDetail: `cancelled:${cause}` };
      return failed ?? { status: 'succeeded', statusDetail: null };
    },
  };
}

function failureOf(statusDetail: string, exitCode: number | undefined): ExecutionResult {
  return { status: 'failed', statusDetail, ...(exitCode !== undefined && { exitCode }) };
}
