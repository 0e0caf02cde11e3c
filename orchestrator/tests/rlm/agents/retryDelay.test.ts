import { expect, it } from 'vitest';
import { retryDelay } from '../../../src/rlm/agents/retryDelay.ts';

it('doubles up to a minute, less up to a half by chance', () => {
  const most = [1, 2, 3, 4, 5, 6, 50].map((retry) => retryDelay(retry, 5000, () => 1));
  expect(most).toEqual([5000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
  const least = [1, 2, 50].map((retry) => retryDelay(retry, 5000, () => 0));
  expect(least).toEqual([2500, 5000, 30_000]);
  expect(retryDelay(1, 1000, () => 0.5)).toBe(750);
  expect(retryDelay(3, 0, Math.random)).toBe(0);
});
