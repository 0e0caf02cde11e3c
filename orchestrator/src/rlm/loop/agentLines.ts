import type { AgentReport } from '../agents/adapter.ts';
import type { AgentRole } from '../types.ts';
import { countWords, durationWords, plainLine } from './loopWords.ts';

/** A call of the agent that is over and did not fail. */
export interface FinishedCall {
  role: AgentRole;
  /** `done`: by itself. */
  ended: 'done' | 'timed-out' | 'out-of-tokens';
  durationMs: number;
  report: Pick<AgentReport, 'usage' | 'toolCalls'>;
}

/** How a call ended and what it took: `agent: answered after 12 s, 3 tool calls, 12,345 tokens`. */
export function agentLines({ role, ended, durationMs, report }: FinishedCall): string[] {
  const { usage, toolCalls } = report;
  const tokens = usage.input + usage.output;
  const facts = [
    `${VERB[ended]} after ${durationWords(durationMs)}`,
    ...(toolCalls === 0 ? [] : [countWords(toolCalls, 'tool call')]),
    ...(tokens === 0 ? [] : [countWords(tokens, 'token')]),
    ...(ended === 'timed-out' ? ['its time was used up'] : []),
    ...(ended === 'out-of-tokens' ? ['no tokens were left'] : []),
  ];
  return [`  ${role}: ${facts.join(', ')}`];
}

const VERB = { done: 'answered', 'timed-out': 'ended', 'out-of-tokens': 'ended' };

/** A call that was over when the owner of the loop was killed, and is not made again. */
export function recoveredLine(role: AgentRole): string[] {
  return [`  ${role}: had finished before the interruption`];
}

/** What the agent says of its own work. */
export function summaryLine(summary: string | null): string[] {
  const text = plainLine(summary ?? '');
  return text === '' ? [] : [`  summary: ${text}`];
}

/** Something that went wrong for the agent, in its own words; it may go on in spite of that. */
export function errorLine(text: string): string[] {
  return [`  agent: ${plainLine(text)}`];
}

/** A call that failed and is tried again. */
export interface RetryWait {
  /** What went wrong: `rate limited (429 Too Many Requests)`. Foreign words allowed. */
  reason: string;
  delayMs: number;
  /** The try that comes next, 1-based, of so many. */
  attempt: number;
  maxAttempts: number;
}

/** `agent: rate limited (429 …); trying again in 2.4 s (attempt 2 of 6)`. */
export function waitingLine({ reason, delayMs, attempt, maxAttempts }: RetryWait): string[] {
  const next = `trying again in ${durationWords(delayMs)} (attempt ${attempt} of ${maxAttempts})`;
  return [`  agent: ${plainLine(reason)}; ${next}`];
}
