import { expect, it } from 'vitest';
import { openBudget } from '../../../src/rlm/loop/budget.ts';
import { createProgressFeed } from '../../../src/rlm/loop/progressFeed.ts';
import type { LoopProgress } from '../../../src/run/loopProgress.ts';
import { eventually } from '../../support/eventually.ts';
import { loopState } from './stateSample.ts';

it('tells few of many actions, but the last one always', async () => {
  const told: LoopProgress[] = [];
  const state = loopState();
  const feed = createProgressFeed({
    state,
    budget: openBudget(state),
    agent: 'codex',
    validator: null,
    onProgress: (progress) => told.push(progress),
  });
  feed.update({ phase: 'agent', iteration: 1 });
  for (let n = 1; n <= 1000; n += 1) feed.action(`action ${n}`);
  feed.callTokens(7);
  await eventually(() => told.at(-1)?.action === 'action 1000');
  expect(told.at(-1)).toMatchObject({ phase: 'agent', iteration: 1, tokens: 7, ending: null });
  expect(told.length).toBeLessThan(100);
});
