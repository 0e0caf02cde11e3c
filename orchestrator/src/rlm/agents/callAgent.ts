import { setTimeout as delay } from 'node:timers/promises';
import type { AgentReport } from './adapter.ts';
import { runAttempt, type AttemptResult, type AttemptSettings } from './agentAttempt.ts';
import { agentVerdict, type AgentVerdict } from './agentVerdict.ts';
import { retryDelay } from './retryDelay.ts';
import { addTokens, NO_TOKENS, tokenCount } from './tokenUsage.ts';

export interface AgentCallRequest extends AttemptSettings {
  /** Time that the call still has, in ms; null: no limit. Asked before each attempt. */
  timeLeftMs(): number | null;
  /** The longest that may be waited now, in ms; null: no limit. */
  waitLeftMs(): number | null;
  /** Further tries after a failure that may pass. 0: no further try after any failure. */
  retries: number;
  /** Wait before the first of them, in ms; see {@link retryDelay}. */
  retryDelayMs: number;
  /** Default `Math.random`. */
  random?: () => number;
  onWait(wait: AgentWait): void;
  /** Tells after a wait how long it was, in ms. */
  onWaited(ms: number): void;
}

/** A failed call is tried again after a while. */
export interface AgentWait {
  /** What went wrong. */
  reason: string;
  delayMs: number;
  /** Which further try comes then, 1-based. */
  attempt: number;
  /** Further tries allowed after such a failure. */
  of: number;
}

/** The verdict is that of the last attempt. */
export interface AgentCallResult extends AgentVerdict {
  /** Processes started, or tried to. */
  attempts: number;
  /** Of the last attempt; null after a signal, and when nothing was started. */
  exitCode: number | null;
  /** Of all attempts, without waits, in ms. */
  durationMs: number;
  /** That of the last attempt, with usage, cost and tool calls of all. */
  report: AgentReport;
}

/**
 * Calls the agent, and again when it failed: after a rate limit, an overload or a network failure up to `retries`
 * times with growing waits, after an unknown failure once. A missing program or refused credentials end it at once,
 * and a wait lasts as long as there is time: what is refused for longer is a matter of the budget.
 *
 * @throws see {@link runAttempt}
 */
export async function callAgent(request: AgentCallRequest): Promise<AgentCallResult> {
  const { retries, retryDelayMs, cancellation, random = Math.random } = request;
  const tries = { transient: 0, other: 0 };
  let result = NOT_CALLED;
  for (;;) {
    const timeoutMs = request.timeLeftMs();
    if (cancellation.signal.aborted) return { ...result, ended: 'cancelled' };
    if (timeoutMs !== null && timeoutMs <= 0) return { ...result, ended: 'timed-out' };
    const tokensBefore = tokenCount(result.report.usage);
    const attempt = result.attempts + 1;
    const latest = await runAttempt({ ...request, attempt, timeoutMs, tokensBefore });
    result = withAttempt(result, latest, agentVerdict(request.adapter, latest));
    const { failure } = result;
    if (result.ended !== 'failed' || failure === null) return result;
    if (failure.kind !== 'transient' && failure.kind !== 'other') return result;
    const of = failure.kind === 'other' ? Math.min(1, retries) : retries;
    tries[failure.kind] += 1;
    if (tries[failure.kind] > of) return result;
    if (isSpent(request, result)) return { ...result, ended: 'out-of-tokens' };
    const delayMs = Math.min(
      retryDelay(tries[failure.kind], retryDelayMs, random),
      request.waitLeftMs() ?? Number.POSITIVE_INFINITY,
    );
    request.onWait({ reason: failure.reason, delayMs, attempt: tries[failure.kind], of });
    request.onWaited(await wait(request, delayMs));
  }
}

const NOT_CALLED: AgentCallResult = {
  ended: 'failed',
  failure: null,
  attempts: 0,
  exitCode: null,
  durationMs: 0,
  report: {
    threadId: null,
    message: '',
    usage: NO_TOKENS,
    costUsd: 0,
    toolCalls: 0,
    answered: false,
    failure: null,
  },
};

function withAttempt(
  before: AgentCallResult,
  { outcome, report }: AttemptResult,
  verdict: AgentVerdict,
): AgentCallResult {
  return {
    ...verdict,
    attempts: before.attempts + 1,
    exitCode: outcome.exitCode,
    durationMs: before.durationMs + outcome.durationMs,
    report: {
      ...report,
      threadId: report.threadId ?? before.report.threadId,
      usage: addTokens(before.report.usage, report.usage),
      costUsd: before.report.costUsd + report.costUsd,
      toolCalls: before.report.toolCalls + report.toolCalls,
    },
  };
}

function isSpent({ maxTokens = null }: AgentCallRequest, { report }: AgentCallResult): boolean {
  return maxTokens !== null && tokenCount(report.usage) > maxTokens;
}

/** Waits, in ms, until the time is over or a cancellation comes. Tells how long it took. */
async function wait({ cancellation }: AgentCallRequest, ms: number): Promise<number> {
  const begun = performance.now();
  const signal = AbortSignal.any([cancellation.signal, cancellation.force]);
  // Rejects when it is aborted, and then only; the caller looks at the cancellation itself.
  await delay(ms, undefined, { signal }).catch(() => {});
  return Math.round(performance.now() - begun);
}
