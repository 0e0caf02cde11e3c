import type { CancelCause } from '../cancellation.ts';
import type { StageResult } from '../commandStage.ts';
import type { ExecutionResult } from '../runContext.ts';

/** Gathers how stages ended, in the order in which they did. */
export interface RunOutcome {
  /** @param cancelled whether the run was being ended by then: the stage's failure is then no cause of anything */
  add(result: StageResult, cancelled: boolean): void;
  /** How the run ended. The first failure is its cause, even if it was cancelled while others still ran. */
  result(cause: CancelCause | null): ExecutionResult;
}

/** @param toPass how many stages have to pass for the run to succeed */
export function createRunOutcome(toPass: number): RunOutcome {
  let left = toPass;
  let failed: ExecutionResult | null = null;
  let lastIsSettled = false;
  return {
    add({ stopDetail, exitCode, isSettled = false }, cancelled) {
      if (cancelled && !isSettled) return;
      lastIsSettled = isSettled;
      if (stopDetail === null) left -= 1;
      else failed ??= failureOf(stopDetail, exitCode);
    },
    result(cause) {
      if (failed !== null) return failed;
      const cameToItsEnd = left === 0 && (cause === null || lastIsSettled);
      if (cause !== null && !cameToItsEnd) return { status: 'cancelled', statusDetail: `cancelled:${cause}` };
      return { status: 'succeeded', statusDetail: null };
    },
  };
}

function failureOf(statusDetail: string, exitCode: number | undefined): ExecutionResult {
  return { status: 'failed', statusDetail, ...(exitCode !== undefined && { exitCode }) };
}
