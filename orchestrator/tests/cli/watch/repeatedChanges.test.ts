import { expect, test } from 'vitest';
import { afterRun, afterSaving, weightOf, type Endurance } from '../../../src/cli/watch/repeatedChanges.ts';

const UNKNOWN: Endurance = { runsInARow: new Map(), isAfterPause: false, mayWriteAnything: true };

/** What a file weighs that changes in run after run. Before each of the runs in `pauses`, 1-based, there was a pause. */
function weights(runs: number, pauses: readonly number[], mayWriteAnything = true): string[] {
  let endurance: Endurance = { ...UNKNOWN, mayWriteAnything };
  return Array.from({ length: runs }, (_, at) => {
    endurance = { ...endurance, isAfterPause: pauses.includes(at + 1) };
    const weight = weightOf('stamp', endurance);
    endurance = { ...endurance, runsInARow: afterRun(endurance, ['stamp']) };
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
  expect(weights(7, [5, 6, 7], false).slice(4)).toEqual(['pause', 'pause', 'pause']);
});

test('one run without a change of it, or a change between runs, and it counts as before', () => {
  const runsInARow = new Map([
    ['a', 7],
    ['b', 1],
  ]);
  const runs = afterRun({ ...UNKNOWN, runsInARow }, ['b', 'c']);
  expect([...runs]).toEqual([
    ['b', 2],
    ['c', 1],
  ]);
  expect([...afterSaving(runs, ['b', 'x'])]).toEqual([['c', 1]]);
});
