import { endLoop, type LoopEnd } from './endLoop.ts';
import { errorMessage } from '../../storage/errorMessage.ts';
import { takeFirstLook } from './firstLook.ts';
import { isCancellation } from './isCancellation.ts';
import type { LoopContext, LoopOutcome, LoopRequest } from './loopContext.ts';
import { openLoop } from './openLoop.ts';
import { noticeLines, spentLine } from './loopLines.ts';
import { noticesFor } from './notices.ts';
import type { PromptNotice } from '../prompt/promptInput.ts';
import type { IterationRecord } from './loopState.ts';
import { runIteration } from './runIteration.ts';
import { say } from './say.ts';
import { budgetEnd, verdict } from './verdict.ts';

/**
 * Lets an agent work until the validator passes, a budget is used up, nothing moves any more, or somebody cancels
 * (RLM contract, section 4). A loop that an earlier attempt of the run began goes on where that one stopped.
 *
 * Resolves with how it ended, which stands in `state.json` as well. Rejects with errno errors when evidence cannot be
 * written, and with `damaged-evidence` when what an earlier attempt wrote cannot be read.
 */
export async function runLoop(request: LoopRequest): Promise<LoopOutcome> {
  const opened = await openLoop(request);
  if ('outcome' in opened) return opened.outcome;
  return endLoop(opened.context, await untilOver(opened.context));
}

async function untilOver(context: LoopContext): Promise<LoopEnd> {
  const timer = setInterval(() => keepTime(context), KEEP_TIME_MS);
  try {
    await takeFirstLook(context);
    return await iterate(context);
  } catch (error) {
    if (isCancellation(error, context.request.cancellation)) return { status: 'cancelled' };
    tellOfError(context, error);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** Ms between two writes of the state while the agent or the validator works. */
const KEEP_TIME_MS = 15_000;

/** What a killed loop used of its time stands in its state, also when nothing else happened for long. */
function keepTime({ store }: LoopContext): void {
  try {
    store.write();
  } catch {
    // The next phase writes the state as well; what keeps it from that is told there.
  }
}

/** The run is about to end on an error of the file system; its state should not look as if somebody worked on it. */
function tellOfError(context: LoopContext, error: unknown): void {
  try {
    endLoop(context, { status: 'internal_error', reason: errorMessage(error) });
  } catch {
    // The disk that refused the evidence refuses this too; the error under way says so.
  }
}

/** What was said before and has not changed is not said again. */
function isNew({ kind }: PromptNotice, { validatorFilesChanged }: IterationRecord): boolean {
  return kind !== 'validator-changed' || validatorFilesChanged.length > 0;
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
    say(request, noticeLines(noticesFor(store, false).filter((notice) => isNew(notice, end.record))));
  }
}
