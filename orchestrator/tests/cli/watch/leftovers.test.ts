import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { changedPaths } from '../../../src/cli/watch/changes.ts';
import { leftoverFilter } from '../../../src/cli/watch/leftovers.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('what a run leaves behind counts once it has rested for two seconds', () => {
  const withoutLeftovers = leftoverFilter(['log']);
  const changes = new Map([
    ['["**"]', ['log', 'src/a']],
    ['["log"]', ['log']],
  ]);
  const afterMs = (ms: number): string[] => {
    vi.advanceTimersByTime(ms);
    return changedPaths(withoutLeftovers(changes));
  };
  expect(afterMs(1_999)).toEqual(['src/a']);
  expect(afterMs(1_999)).toEqual(['src/a']);
  expect(afterMs(2_000)).toEqual(['log', 'src/a']);
  expect(afterMs(0)).toEqual(['log', 'src/a']);
});
