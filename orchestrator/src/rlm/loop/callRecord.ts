import type { AgentCallResult } from '../agents/callAgent.ts';
import type { AgentRole } from '../types.ts';
import type { CallRecord } from './loopState.ts';

/** A call of the agent that is over, as the state of the loop keeps it. */
export function callRecord(
  role: AgentRole,
  {
    report,
    attempts,
    exitCode,
    durationMs,
  }: Pick<AgentCallResult, 'report' | 'attempts' | 'exitCode' | 'durationMs'>,
): CallRecord {
  const { threadId, usage, toolCalls, costUsd, message } = report;
  return { role, threadId, attempts, exitCode, durationMs, toolCalls, costUsd, ...usage, message };
}
