import { expect, it } from 'vitest';
import { median, medianDeviation, pairwiseRatios } from '../../../benchmarks/support/stats.ts';

it('takes the middle of an odd number of values by size, not by their text', () => {
  expect(median([100, 9, 20])).toBe(20);
});

it('takes the mean of the two in the middle of an even number of values', () => {
  expect(median([4, 1, 3, 100])).toBe(3.5);
});

it('has no median without values', () => {
  expect(median([])).toBeNaN();
});

it('is not impressed by an outlier', () => {
  expect(medianDeviation([10, 11, 12, 13, 1000])).toBe(1);
});

it('compares every value to the reference of its own round', () => {
  expect(pairwiseRatios([20, 90], [10, 30])).toEqual([2, 3]);
  expect(() => pairwiseRatios([20, 90], [10])).toThrow(
    '2 values cannot be compared to 1 references in pairs.',
  );
});
