import { expect, test } from 'vitest';
import { afterRun, NO_REPETITION, weightOf, type Endurance } from '../../../src/cli/watch/repeatedChanges.ts';

const UNKNOWN: Endurance = { ...NO_REPETITION, mayWriteAnything: true };

/** What a file weighs that changes in run after run. Before each of the runs in `pauses`, 1-based, there was a pause. */
function weights(
  runs: number,
  pauses: readonly number[],
  {
    mayWriteAnything = true,
    name = () => 'stamp',
  }: { mayWriteAnything?: boolean; name?: (run: number) => string } = {},
): string[] {
  let endurance: Endurance = { ...UNKNOWN, mayWriteAnything };
  return Array.from({ length: runs }, (_, at) => {
    const file = name(at + 1);
    const weight = weightOf(file, endurance);
    const wasPaused = pauses.includes(at + 2);
    endurance = { ...endurance, ...afterRun(endurance, { changed: [file], saved: [], wasPaused }) };
    return weight;
  });
}

test('a file that changes in run after run ends two, lets others end, and is left alone after a pause', () => {
  expect(weights(7, [5])).toEqual(['end', 'end', 'repeat', 'pause', 'nothing', 'nothing', 'nothing']);
});

test('without a pause it may be a person', () => {
  expect(weights(7, [3, 7])).toEqual(['end', 'end', 'repeat', 'pause', 'pause', 'pause', 'nothing']);
});

test('where no stage may write it, it is never left alone', () => {
  const few = weights(7, [5, 6, 7], { mayWriteAnything: false });
  expect(few.slice(4)).toEqual(['pause', 'pause', 'pause']);
});

test('files of ever other names end four runs in a row, and after six there are pauses', () => {
  const name = (run: number): string => `file-${run}`;
  const ends = Array.from({ length: 4 }, () => 'end');
  expect(weights(9, [8, 9], { name })).toEqual([...ends, 'repeat', 'repeat', 'pause', 'pause', 'pause']);
});

test('one run without a change of it, or a change between runs, and it counts as before', () => {
  const runsInARow = new Map([
    ['a', 7],
    ['b', 1],
  ]);
  const before = { ...UNKNOWN, runsInARow, busyRuns: 3, pauses: 1 };
  const after = afterRun(before, { changed: ['b', 'c'], saved: [], wasPaused: true });
  expect(after).toEqual({
    runsInARow: new Map([
      ['b', 2],
      ['c', 1],
    ]),
    busyRuns: 4,
    pauses: 2,
  });
  const saved = afterRun(before, { changed: ['b', 'c'], saved: ['b', 'x'], wasPaused: false });
  expect(saved).toEqual({ runsInARow: new Map([['c', 1]]), busyRuns: 0, pauses: 0 });
  expect(afterRun(before, { changed: [], saved: [], wasPaused: false }).busyRuns).toBe(0);
});
