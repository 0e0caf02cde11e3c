import { expect, it } from 'vitest';
import * as z from 'zod';
import type { AgentNews } from '../../../src/rlm/agents/adapter.ts';
import { watchAgent, type AgentWatch, type AgentWatchOptions } from '../../../src/rlm/agents/agentWatch.ts';
import { eventually } from '../../support/eventually.ts';

interface Watched {
  watch: AgentWatch;
  told: AgentNews[];
  ends: unknown[];
}

const News = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('action'), text: z.string(), isError: z.exactOptional(z.boolean()) }),
  z.object({ kind: z.literal('usage'), tokens: z.number() }),
  z.object({ kind: z.literal('answered') }),
]);

/** An agent whose lines are its news. */
function watched(options: Partial<AgentWatchOptions> = {}): Watched {
  const told: AgentNews[] = [];
  const ends: unknown[] = [];
  let tokens = 0;
  const watch = watchAgent({
    reader: {
      read: (line) => {
        const news = News.parse(line);
        if (news.kind === 'usage') tokens = news.tokens;
        return news;
      },
      report: () => ({
        threadId: null,
        message: '',
        usage: { input: tokens, cached: 0, output: 0, reasoning: 0 },
        costUsd: 0,
        toolCalls: 0,
        answered: false,
        failure: null,
      }),
    },
    tokensBefore: 0,
    maxTokens: null,
    answerGraceMs: 600_000,
    onNews: (news) => told.push(news),
    end: (reason) => ends.push(reason),
    ...options,
  });
  return { watch, told, ends };
}

const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

it('tells every error, however much follows at once', async () => {
  const { watch, told } = watched();
  for (const text of ['first', 'first', 'second']) watch.take({ kind: 'action', text, isError: true });
  watch.take({ kind: 'action', text: 'works on' });
  await turnOfTheLoop();
  expect(told).toEqual([
    { kind: 'action', text: 'first', isError: true },
    { kind: 'action', text: 'second', isError: true },
    { kind: 'action', text: 'works on' },
  ]);
});

it('tells only the last of many actions at once, shortened to one line', async () => {
  const { watch, told } = watched();
  for (let i = 0; i < 1000; i += 1) watch.take({ kind: 'action', text: `line\n${i}  ${'x'.repeat(300)}` });
  expect(told).toEqual([]);
  await turnOfTheLoop();
  expect(told).toEqual([{ kind: 'action', text: `line 999 ${'x'.repeat(190)}…` }]);
  watch.take({ kind: 'action', text: 'the last' });
  watch.stop();
  expect(told.at(-1)).toEqual({ kind: 'action', text: 'the last' });
  await turnOfTheLoop();
  expect(told).toHaveLength(2);
});

it('does not end an agent that goes on after its last word', async () => {
  const { watch, told, ends } = watched({ answerGraceMs: 100 });
  watch.take({ kind: 'answered' });
  await eventually(() => told.length === 1);
  watch.take({ kind: 'action', text: 'one more thing' });
  await eventually(() => told.length === 2);
  const since = performance.now();
  await eventually(() => performance.now() - since > 150);
  expect(ends).toEqual([]);
  watch.take({ kind: 'answered' });
  await eventually(() => ends.length === 1);
  expect(ends).toEqual(['answered']);
  watch.stop();
});

it('does not end an agent for its tokens that has answered', async () => {
  const { watch, told, ends } = watched({ maxTokens: 10, tokensBefore: 5 });
  watch.take({ kind: 'usage', tokens: 6 });
  watch.take({ kind: 'answered' });
  await turnOfTheLoop();
  expect(told).toEqual([{ kind: 'usage', tokens: 11 }, { kind: 'answered' }]);
  expect(ends).toEqual([]);
  watch.stop();
});

it('asks for the end with the error that its listener throws', async () => {
  const error = new Error('no space');
  const { watch, ends } = watched({
    onNews: () => {
      throw error;
    },
  });
  watch.take({ kind: 'action', text: 'x' });
  await turnOfTheLoop();
  expect(ends).toEqual([error]);
  watch.stop();
});
