import path from 'node:path';
import type { PromptInput, PromptNotice } from '../prompt/promptInput.ts';
import type { AgentRole } from '../types.ts';
import type { WorkspaceChanges } from '../workspace/workspace.ts';
import type { LoopContext } from './loopContext.ts';
import type { IterationInProgress } from './loopState.ts';

/** What the prompts of one iteration are about, apart from the state of the loop. */
export interface PromptSubject {
  sinceStart: WorkspaceChanges | null;
  notices: PromptNotice[];
}

/** Everything that a prompt tells, from the state of the loop as it is now. */
export function promptInput(
  { request, validator, store: { state }, budget, options }: LoopContext,
  iteration: IterationInProgress,
  role: AgentRole,
  { sinceStart, notices }: PromptSubject,
): PromptInput {
  const timeLeftMs = budget.timeLeftMs();
  const said = (by: AgentRole) => iteration.calls.find((call) => call.role === by)?.message;
  const [plan, critique] = [said('planner'), said('critic')];
  return {
    repository: path.basename(request.repoRoot),
    goal: state.goal,
    iteration: iteration.n,
    maxIterations: state.maxIterations,
    role,
    validator,
    sinceStart,
    history: state.iterations,
    feedback: state.lastFeedback,
    budget: {
      iterationsLeft: budget.iterationsLeft(),
      minutesLeft: timeLeftMs === null ? null : timeLeftMs / 60_000,
      iterationMinutes: state.iterationMinutes,
      tokensLeft: budget.tokensLeft(),
    },
    notices,
    earlier: { ...(plan !== undefined && { plan }), ...(critique !== undefined && { critique }) },
    subagents: options.subagents,
  };
}
