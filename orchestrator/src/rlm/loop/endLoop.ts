import type { LoopEnding } from '../../run/loopProgress.ts';
import type { AgentFailure } from '../agents/agentFailure.ts';
import type { Budget } from './budget.ts';
import { exitCodeOfFinal, EXIT_INTERRUPTED, EXIT_TERMINATED } from './exitCodes.ts';
import { finalText, type FinalFacts } from './finalText.ts';
import type { LoopContext, LoopOutcome, LoopRequest } from './loopContext.ts';
import { loopPaths } from './loopPaths.ts';
import type { LoopState } from './loopState.ts';
import type { ProgressJudgement } from './progressWatch.ts';
import type { StateStore } from './stateStore.ts';
import { toolMetrics } from './toolMetrics.ts';

type UsedUp = NonNullable<ReturnType<Budget['exhausted']>>;

/** Why a loop is over. */
export type LoopEnd =
  | { status: 'passed' | 'cancelled' | UsedUp }
  | { status: 'budget_complete'; exhausted: UsedUp }
  | { status: 'no_progress'; pattern: Exclude<ProgressJudgement['kind'], 'moving'>; times: number }
  | { status: 'agent_failed'; agent: string; failure: AgentFailure }
  | { status: 'validator_not_found' }
  | { status: 'internal_error'; reason: string }
  | { status: 'invalid_config'; problem: string }
  | { status: 'no_validator'; candidates: readonly { command: string }[]; hasTestScript: boolean };

/**
 * Ends a loop: its state says so durably, whoever watches is told, and what it came to is put in the terms of a stage.
 * Throws errno errors when the state cannot be written.
 */
export function endLoop(
  { request, store, feed }: { request: LoopRequest; store: StateStore } & Partial<Pick<LoopContext, 'feed'>>,
  end: LoopEnd,
): LoopOutcome {
  const { state } = store;
  const { status, facts } = inDocumentTerms(end, state, request);
  const exitCode = exitCodeOf(end, request);
  const { sentence, warnings } = finalText(status, state, facts);
  state.final = { status, exitCode, reason: sentence };
  state.phase = 'ended';
  store.write();
  feed?.update({ phase: 'ended', role: null, ending: { status, ...logsOf(end, state, request) } });
  const worked = state.totals.agentCalls > 0;
  return {
    exitCode,
    wasCancelled: status === 'cancelled',
    summary: [sentence, ...warnings].join('\n'),
    toolMetrics: worked ? toolMetrics(state, end.status === 'agent_failed' || !hasAnswered(state)) : null,
  };
}

/** Where those who want to know why it ended should look. */
function logsOf(
  end: LoopEnd,
  { iterations, inProgress }: LoopState,
  request: LoopRequest,
): Pick<LoopEnding, 'validatorLog' | 'agentLog'> {
  const validated = iterations.findLast(({ validatorLogPath }) => validatorLogPath !== null);
  const n = inProgress?.n ?? iterations.length;
  const agentLog = loopPaths(request.runDir).agentLog(n);
  return {
    validatorLog: validated?.validatorLogPath ?? null,
    agentLog: end.status === 'agent_failed' ? request.artifactPath(agentLog) : null,
  };
}

/** Whether any call of the agent came to its end. */
function hasAnswered({ iterations, inProgress }: LoopState): boolean {
  return iterations.length > 0 || (inProgress?.calls.length ?? 0) > 0;
}

function inDocumentTerms(
  end: LoopEnd,
  state: LoopState,
  { cancellation }: LoopRequest,
): Pick<NonNullable<LoopState['final']>, 'status'> & { facts: FinalFacts } {
  switch (end.status) {
    case 'passed':
    case 'max_iterations':
    case 'max_minutes':
    case 'max_tokens':
      return { status: end.status, facts: {} };
    case 'cancelled':
      return { status: end.status, facts: { reason: cancellation.cause } };
    case 'budget_complete':
      return { status: end.status, facts: { exhausted: end.exhausted } };
    case 'no_progress': {
      const what =
        end.pattern === 'repeating'
          ? `files and failure were the same ${end.times} times`
          : 'the iterations took turns between two states';
      return { status: end.status, facts: { reason: what } };
    }
    case 'agent_failed': {
      const { reason, advice } = end.failure;
      return { status: 'error', facts: { reason: `${end.agent}: ${reason}`, advice } };
    }
    case 'validator_not_found': {
      const reason = `the validator could not be started: ${state.validator ?? ''}`;
      return { status: 'error', facts: { reason, advice: 'Check the command of --validator.' } };
    }
    case 'internal_error':
      return { status: 'error', facts: { reason: end.reason } };
    case 'invalid_config':
      return { status: end.status, facts: { reason: end.problem } };
    case 'no_validator':
      return {
        status: end.status,
        facts: { candidates: end.candidates, hasTestScript: end.hasTestScript },
      };
    default:
      return end satisfies never;
  }
}

function exitCodeOf(end: LoopEnd, { cancellation }: LoopRequest): number {
  switch (end.status) {
    case 'cancelled':
      return cancellation.cause === 'SIGINT' ? EXIT_INTERRUPTED : EXIT_TERMINATED;
    case 'agent_failed':
    case 'internal_error':
      return exitCodeOfFinal('error');
    case 'validator_not_found':
      return exitCodeOfFinal('error', 'validator-not-found');
    default:
      return exitCodeOfFinal(end.status);
  }
}
