import type { CommandOutcome } from '../../process/runCommand.ts';
import type { AgentAdapter } from './adapter.ts';
import type { AttemptResult } from './agentAttempt.ts';
import { classifyAgentFailure, type AgentFailure } from './agentFailure.ts';
import { failureAdvice } from './failureAdvice.ts';

/** How a call of the agent stands after one of its processes. */
export interface AgentVerdict {
  /** `done`: it has done what it could. `timed-out` and `out-of-tokens`: it was ended in the middle of its work. */
  ended: 'done' | 'failed' | 'timed-out' | 'out-of-tokens' | 'cancelled';
  /** null unless it failed. */
  failure: AgentFailure | null;
}

/** Judges how a process of the agent ended. One that has answered is done, however it came to its end. */
export function agentVerdict(
  adapter: Pick<AgentAdapter, 'kind' | 'name'>,
  { outcome, ended, report, stderr }: AttemptResult,
): AgentVerdict {
  if (ended === 'cancelled') return { ended, failure: null };
  if ((ended === 'timed-out' || ended === 'out-of-tokens') && !report.answered)
    return { ended, failure: null };
  if (ended !== 'exited' && ended !== 'not-started' && report.answered)
    return { ended: 'done', failure: null };
  // A failed answer whose process had to be ended is judged as if it had exited by itself.
  const exited: CommandOutcome = ended === 'answered' ? { ...outcome, ended: 'exited' } : outcome;
  const { name } = adapter;
  const failure = classifyAgentFailure({ outcome: exited, report, stderr, agent: name, program: name });
  if (failure === null) return { ended: 'done', failure };
  return { ended: 'failed', failure: isMissing(adapter, exited) ? missing(failure, name) : failure };
}

/** The shell starts the program of a command, and tells by this code that there is none. */
function isMissing({ kind }: Pick<AgentAdapter, 'kind'>, { exitCode }: CommandOutcome): boolean {
  return kind === 'command' && exitCode === 127;
}

function missing({ reason }: AgentFailure, agent: string): AgentFailure {
  return { kind: 'missing', reason, advice: failureAdvice({ kind: 'missing', reason, agent }) };
}
