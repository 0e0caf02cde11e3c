import { expect, test } from 'vitest';
import { agentLines, errorLine, summaryLine, waitingLine } from '../../../src/rlm/loop/agentLines.ts';

const report = { toolCalls: 3, usage: { input: 12_000, cached: 8_000, output: 345, reasoning: 100 } };
const free = { toolCalls: 0, usage: { input: 0, cached: 0, output: 0, reasoning: 0 } };

test('a call that is over', () => {
  expect(agentLines({ role: 'agent', ended: 'done', durationMs: 12_000, report })).toEqual([
    '  agent: answered after 12 s, 3 tool calls, 12,345 tokens',
  ]);
  expect(agentLines({ role: 'planner', ended: 'done', durationMs: 900, report: free })).toEqual([
    '  planner: answered after 900 ms',
  ]);
});

test('an error of the agent, in its own words', () => {
  expect(errorLine('Reconnecting… waiting\u001b[2J for\nnetwork')).toEqual([
    '  agent: Reconnecting… waiting for network',
  ]);
});

test('a call that was cut short', () => {
  expect(agentLines({ role: 'agent', ended: 'timed-out', durationMs: 600_000, report: free })).toEqual([
    '  agent: ended after 10 min, its time was used up',
  ]);
  expect(agentLines({ role: 'critic', ended: 'out-of-tokens', durationMs: 2_400, report })).toEqual([
    '  critic: ended after 2.4 s, 3 tool calls, 12,345 tokens, no tokens were left',
  ]);
});

test("the agent's own summary", () => {
  expect(summaryLine('fixed add()\u001b[2J\u0007')).toEqual(['  summary: fixed add()']);
  expect([summaryLine(null), summaryLine(' \n')]).toEqual([[], []]);
});

test('a wait before the next try', () => {
  const reason = 'rate limited (429 Too Many\nRequests)';
  expect(waitingLine({ reason, delayMs: 2_400, attempt: 2, maxAttempts: 6 })).toEqual([
    '  agent: rate limited (429 Too Many Requests); trying again in 2.4 s (attempt 2 of 6)',
  ]);
});
