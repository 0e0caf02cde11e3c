import type { LoggedProcess } from '../agents/readAgentLog.ts';
import type { AgentCallResult } from '../agents/callAgent.ts';
import type { IterationInProgress, LoopState } from './loopState.ts';

/** What processes of the agent cost. */
export type AgentCost = Pick<AgentCallResult, 'durationMs' | 'attempts'> & Pick<LoggedProcess, 'report'>;

/**
 * Adds to the totals of a loop what processes of the iteration in progress cost; also what failed was paid for.
 * Every process in the agent's log is to be added once, in their order.
 */
export function addTotals(
  { totals }: LoopState,
  iteration: IterationInProgress,
  { report, durationMs, attempts }: AgentCost,
): void {
  totals.input += report.usage.input;
  totals.cached += report.usage.cached;
  totals.output += report.usage.output;
  totals.reasoning += report.usage.reasoning;
  totals.costUsd += report.costUsd;
  totals.toolCalls += report.toolCalls;
  totals.agentMs += durationMs;
  totals.agentCalls += attempts;
  iteration.processesCounted += attempts;
}
