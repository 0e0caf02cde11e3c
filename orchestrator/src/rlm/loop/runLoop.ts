import { endLoop, type LoopEnd } from './endLoop.ts';
import { GitError } from '../workspace/git.ts';
import { takeFirstLook } from './firstLook.ts';
import type { LoopContext, LoopOutcome, LoopRequest } from './loopContext.ts';
import { openLoop } from './openLoop.ts';
import { noticeLines, spentLine } from './loopLines.ts';
import { noticesFor } from './notices.ts';
import { runIteration } from './runIteration.ts';
import { say } from './say.ts';
import { budgetEnd, verdict } from './verdict.ts';

/**
 * Lets an agent work until the validator passes, a budget is used up, nothing moves any more, or somebody cancels
 * (RLM contract, section 4). A loop that an earlier attempt of the run began goes on where that one stopped.
 *
 * Resolves with how it ended, which stands in `state.json` as well. Rejects with errno errors when evidence cannot be
 * written, and with `damaged-evidence` when the state of an earlier attempt cannot be read.
 */
export async function runLoop(request: LoopRequest): Promise<LoopOutcome> {
  const opened = await openLoop(request);
  if ('outcome' in opened) return opened.outcome;
  return endLoop(opened.context, await untilOver(opened.context));
}

async function untilOver(context: LoopContext): Promise<LoopEnd> {
  try {
    await takeFirstLook(context);
    return await iterate(context);
  } catch (error) {
    if (error instanceof GitError) return { status: 'git_failed', reason: error.message };
    throw error;
  }
}

async function iterate(context: LoopContext): Promise<LoopEnd> {
  const { request, store, budget } = context;
  for (let isFirst = true; ; isFirst = false) {
    if (request.cancellation.signal.aborted) return { status: 'cancelled' };
    const used = store.state.inProgress === null ? budgetEnd(store.state, budget) : null;
    if (used !== null) {
      if (isFirst && context.resumed) say(request, spentLine(budget.exhausted() ?? 'max_iterations'));
      return used;
    }
    const end = await runIteration(context);
    if (end.kind === 'cancelled') return { status: 'cancelled' };
    if (end.kind === 'agent-failed') {
      return { status: 'agent_failed', agent: context.adapter.name, failure: end.failure };
    }
    const over = verdict(store.state, budget, end.validator);
    if (over !== null) return over;
    store.write();
    say(request, noticeLines(noticesFor(store, false)));
  }
}
