import { expect, it } from 'vitest';
import { goalValue, isMet } from '../../../benchmarks/report/row.ts';
import type { Goal, Row } from '../../../benchmarks/report/row.ts';

const row: Row = {
  work: 'start',
  unit: 'ms',
  samples: [120, 100, 140],
  versus: { reference: 'node -e 0', ratios: [6, 4, 7] },
};

it('takes the number that the goal speaks about', () => {
  const value = (of: Goal['of']) => goalValue(row, { of, is: 'below', limit: 0 });
  expect([value('ratio'), value('median'), value('min'), value('max')]).toEqual([6, 120, 100, 140]);
});

it('reaches a limit with at most and at least, but not with below', () => {
  const isMetAt = (is: Goal['is']) => isMet(row, { of: 'ratio', is, limit: 6 });
  expect([isMetAt('below'), isMetAt('at most'), isMetAt('at least')]).toEqual([false, true, true]);
});

it('never meets a goal that nothing was measured for', () => {
  const nothing: Row = { work: 'start', unit: 'ms', samples: [] };
  expect(isMet(nothing, { of: 'ratio', is: 'below', limit: 6 })).toBe(false);
  expect(isMet(nothing, { of: 'min', is: 'at least', limit: 20 })).toBe(false);
  expect(isMet(nothing, { of: 'max', is: 'at most', limit: 0 })).toBe(false);
});
