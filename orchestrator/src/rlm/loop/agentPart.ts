import { AgentLog } from '../agents/agentLog.ts';
import { agentEnvironment } from '../agents/agentEnvironment.ts';
import { callAgent, type AgentCallResult } from '../agents/callAgent.ts';
import type { AgentFailure } from '../agents/agentFailure.ts';
import type { AgentRole } from '../types.ts';
import { agentLines, errorLine, waitingLine } from './agentLines.ts';
import { addTotals } from './agentTotals.ts';
import { callRecord } from './callRecord.ts';
import type { PartTime } from './budget.ts';
import type { LoopContext } from './loopContext.ts';
import type { IterationInProgress, IterationRecord } from './loopState.ts';
import type { PromptSubject } from './promptInput.ts';
import { rolesOf } from './rolesOf.ts';
import { say } from './say.ts';
import { writePrompt } from './writePrompt.ts';

/** How the agent's part of an iteration ended: over, cut short by the user, or given up. */
export type AgentPartEnd =
  | { kind: 'over'; ended: IterationRecord['agentEnded'] }
  | { kind: 'cancelled' }
  | { kind: 'failed'; failure: AgentFailure };

/** How long an agent that has said its last word may take to exit, in ms, whatever the grace is. */
const SHORTEST_ANSWER_GRACE_MS = 1_000;

/** Errors of one call that are said; the log has all. */
const MOST_ERRORS = 20;

/**
 * Makes the calls of one iteration that have not been made yet, one after another. A call that is done is on record
 * before the next one begins. Rejects with errno errors.
 */
export async function runAgentPart(
  context: LoopContext,
  iteration: IterationInProgress,
  subject: PromptSubject,
): Promise<AgentPartEnd> {
  const { store, budget, options, paths } = context;
  const time = budget.startPart();
  const log = AgentLog.open({
    path: paths.agentLog(iteration.n),
    output: context.adapter.output,
    activity: context.request.activity,
  });
  try {
    for (const role of rolesOf(options)) {
      if (iteration.calls.some((call) => call.role === role)) continue;
      if (budget.tokensLeft() === 0) return { kind: 'over', ended: 'out-of-tokens' };
      const result = await call(context, iteration, { role, subject, time, log });
      addTotals(store.state, iteration, result);
      context.feed.callTokens(0);
      if (result.ended === 'cancelled') return { kind: 'cancelled' };
      if (result.ended === 'failed') return { kind: 'failed', failure: failureOf(result) };
      iteration.calls.push(callRecord(role, result));
      const ended = result.ended === 'done' ? 'exited' : result.ended;
      say(context.request, agentLines({ ...result, role, ended: result.ended }));
      if (ended !== 'exited') return { kind: 'over', ended };
      if (role !== rolesOf(options).at(-1)) store.write();
    }
  } finally {
    await log.close();
  }
  return { kind: 'over', ended: 'exited' };
}

interface Call {
  role: AgentRole;
  subject: PromptSubject;
  time: PartTime;
  log: AgentLog;
}

async function call(
  context: LoopContext,
  iteration: IterationInProgress,
  { role, subject, time, log }: Call,
): Promise<AgentCallResult> {
  const { request, options, adapter, feed, budget } = context;
  const promptFile = writePrompt(context, iteration, role, subject);
  const shownRole = role === 'agent' ? null : role;
  feed.update({ phase: 'agent', role: shownRole });
  let recordEnd: (() => void) | null = null;
  const errors = new Set<string>();
  return callAgent({
    adapter,
    call: { role, mayWrite: role === 'agent' || role === 'reviser' },
    iteration: iteration.n,
    promptFile,
    cwd: request.repoRoot,
    env: agentEnvironment(request.env, { subagents: options.subagents }),
    log,
    cancellation: request.cancellation,
    graceMs: request.graceMs,
    answerGraceMs: Math.max(request.graceMs, SHORTEST_ANSWER_GRACE_MS),
    timeLeftMs: () => time.leftMs(),
    waitLeftMs: () => budget.timeLeftMs(),
    maxTokens: budget.tokensLeft(),
    retries: options.agent.retries,
    retryDelayMs: options.agent.retryDelayMs,
    onProcess(event) {
      if (event.kind === 'begin') {
        recordEnd = request.recordProcess(`${adapter.name} ${iteration.n}`, event.identity);
        feed.update({ phase: 'agent', role: shownRole });
      } else {
        recordEnd?.();
        recordEnd = null;
      }
    },
    onNews(news) {
      if (news.kind === 'action') feed.action(news.text);
      if (news.kind === 'action' && news.isError === true && errors.size < MOST_ERRORS) {
        if (!errors.has(news.text)) say(request, errorLine(news.text));
        errors.add(news.text);
      }
      if (news.kind === 'usage') feed.callTokens(news.tokens);
    },
    onWait(wait) {
      feed.update({ phase: 'waiting', role: shownRole, action: wait.reason });
      say(request, waitingLine({ ...wait, attempt: wait.attempt + 1, maxAttempts: wait.of + 1 }));
    },
    onWaited: (ms) => time.waited(ms),
  });
}

function failureOf({ failure, exitCode }: AgentCallResult): AgentFailure {
  return failure ?? { kind: 'other', reason: `exit code ${exitCode ?? 'unknown'}`, advice: null };
}
