import { expect, test } from 'vitest';
import { parsePointInTime } from '../../src/cli/pointInTime.ts';

const NOW = new Date('2026-11-22T12:00:00.000Z');

test.each([
  ['30s', '2026-11-22T11:59:30.000Z'],
  ['90m', '2026-11-22T10:30:00.000Z'],
  ['2h', '2026-11-22T10:00:00.000Z'],
  ['7d', '2026-11-15T12:00:00.000Z'],
  ['1w', '2026-11-15T12:00:00.000Z'],
  ['2026-11-20', '2026-11-20T00:00:00.000Z'],
  ['2026-11-20T10:00:00Z', '2026-11-20T10:00:00.000Z'],
])('%s', (text, expected) => {
  expect(parsePointInTime(text, NOW)).toBe(Date.parse(expected));
});

test.each(['', '7', 'd', '7 d', '-1d', '1.5h', 'yesterday', 'run 7', '2026-13-40', '2026-11-20x'])(
  '%j is none',
  (text) => {
    expect(parsePointInTime(text, NOW)).toBeNull();
  },
);
