import { expect, test } from 'vitest';
import { formatDuration } from '../../../src/cli/present/duration.ts';

test.each([
  [-5, '0 ms'],
  [0, '0 ms'],
  [412.4, '412 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [3210, '3.2 s'],
  [59_949, '59.9 s'],
  [59_960, '1m 00s'],
  [64_000, '1m 04s'],
  [3_599_600, '1h 00m'],
  [7_500_000, '2h 05m'],
])('%d ms reads %s', (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});
