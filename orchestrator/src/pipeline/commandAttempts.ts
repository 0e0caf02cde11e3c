import { runAttempt, type AttemptRequest, type AttemptResult } from './commandAttempt.ts';
import { emit, record, type RunContext } from './runContext.ts';

/**
 * Runs a stage's command until it succeeds, cannot, or has been tried often enough. Resolves with the last attempt; throws
 * the errno error that kept its output from being written.
 */
export async function runAttempts(
  context: RunContext,
  request: Omit<AttemptRequest, 'number'>,
): Promise<AttemptResult> {
  const { stage, index, log } = request;
  for (let number = 1; ; number += 1) {
    const attempt = await runAttempt(context, { ...request, number });
    const { ended, exitCode } = attempt.outcome;
    const settled = exitCode === 0 && ended === 'exited';
    const hopeless = ended === 'cancelled' || ended === 'not-started';
    if (settled || hopeless || number > stage.retries) return attempt;
    const reason = ended === 'timed-out' ? 'timed out' : `exit code ${exitCode ?? 128}`;
    record(
      context,
      {
        type: 'exec:retry',
        correlation_id: attempt.correlationId,
        attempt: number,
        delay_ms: 0,
        sandbox_state: 'sandboxed',
        error: reason,
        stage_id: stage.id,
        index,
      },
      log,
    );
    emit(context, {
      type: 'stage:retrying',
      stageId: stage.id,
      stageIndex: index,
      title: stage.title,
      attempt: number + 1,
      maxAttempts: stage.retries + 1,
      reason,
    });
  }
}
