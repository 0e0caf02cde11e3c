import { readAgentLog } from '../agents/readAgentLog.ts';
import type { AgentRole } from '../types.ts';
import { recoveredLine } from './agentLines.ts';
import { addTotals } from './agentTotals.ts';
import { callRecord } from './callRecord.ts';
import type { LoopContext } from './loopContext.ts';
import type { IterationInProgress } from './loopState.ts';
import { rolesOf } from './rolesOf.ts';
import { say } from './say.ts';

/**
 * Brings the state of an interrupted iteration up to what the agent's log knows beyond it: processes whose cost is in
 * no total yet, and calls that were over when their owner was killed before it could write so. Those are not made
 * again. Not on disk until the state is written the next time; done again before that, it leads to the same. Rejects
 * with errno errors.
 */
export async function recoverCalls(context: LoopContext, iteration: IterationInProgress): Promise<void> {
  const { store, adapter, paths, options, request } = context;
  const logged = await readAgentLog(paths.agentLog(iteration.n), adapter, request.activity);
  const attempts = new Map<AgentRole, number>();
  for (const { role, ended, ...process } of logged.slice(iteration.processesCounted)) {
    addTotals(store.state, iteration, { ...process, attempts: 1 });
    attempts.set(role, (attempts.get(role) ?? 0) + 1);
    if (ended === 'failed' || ended === 'cancelled' || ended === 'interrupted') continue;
    iteration.calls.push(callRecord(role, { ...process, attempts: attempts.get(role) ?? 1 }));
    say(request, recoveredLine(role));
    const isLast = ended !== 'done' || role === rolesOf(options).at(-1);
    if (isLast) iteration.agentEnded = ended === 'done' ? 'exited' : ended;
  }
}
