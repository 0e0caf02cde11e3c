import { expect, it } from 'vitest';
import { isSettled } from '../../../src/cache/inputs/stamp.ts';

const LOOK = 1_800_000_000_000;

it.each([
  ['changed long ago', -5_000.25, -5_000.25, true],
  ['changed a tick ago', -21.5, -21.5, true],
  ['changed within the tick', -19.5, -19.5, false],
  ['changed at the moment of the look', -0.5, -0.5, false],
  ['changed just now, with an old time put on it', -9_000_000.5, -0.5, false],
  ['with a time of the future put on it', 9_000_000.5, -9_000.5, false],
  ['from the future', 9_000_000.5, 9_000_000.5, false],
  ['on a file system with whole seconds, within the last one', -1_000, -1_000, false],
  ['on a file system with whole seconds, long ago', -3_000, -3_000, true],
])('tells whether a file is settled that was %s', (_, modified, changed, settled) => {
  const stamp = { size: 1, ino: 1, mtimeMs: LOOK + modified, ctimeMs: LOOK + changed };
  expect(isSettled(stamp, LOOK)).toBe(settled);
});
