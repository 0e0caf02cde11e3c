import { expect, test } from 'vitest';
import { afterRun, weightOf, type RunsInARow } from '../../../src/cli/watch/repeatedChanges.ts';

test('a file that changes in run after run ends two, lets a third one end, and is then left alone', () => {
  let runs: RunsInARow = new Map();
  const weights = [1, 2, 3, 4, 5].map(() => {
    const weight = weightOf('stamp', runs);
    runs = afterRun(runs, ['stamp']);
    return weight;
  });
  expect(weights).toEqual(['end', 'end', 'repeat', 'nothing', 'nothing']);
});

test('one run without a change of it, and it counts as before', () => {
  const often: RunsInARow = new Map([
    ['a', 7],
    ['b', 1],
  ]);
  const runs = afterRun(often, ['b', 'c']);
  expect(runs).toEqual(
    new Map([
      ['b', 2],
      ['c', 1],
    ]),
  );
  expect(weightOf('a', runs)).toBe('end');
});
