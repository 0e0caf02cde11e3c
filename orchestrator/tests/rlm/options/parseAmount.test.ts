import { expect, test } from 'vitest';
import { parseIterations, parseMinutes, parseTokens } from '../../../src/rlm/options/parseAmount.ts';

/** Neither is a plain decimal number. */
const NO_NUMBERS = [
  '',
  ' ',
  '-1',
  '+1',
  '-0',
  'n/a',
  'NaN',
  '0x10',
  '1e3',
  '1_000',
  '1,000',
  '1 0',
  '٣',
  '5m',
];

test.each(['unlimited', 'UNBOUNDED', 'infinite', 'infinity', '  unlimited  ', 'UnLiMiTeD', '0', '000'])(
  '%j iterations are unbounded',
  (text) => {
    expect(parseIterations(text)).toBe(0);
  },
);

test.each([
  ['10', 10],
  [' 7\n', 7],
  ['007', 7],
  ['999999999', 999_999_999],
])('%j iterations', (text, iterations) => {
  expect(parseIterations(text)).toBe(iterations);
});

test.each([...NO_NUMBERS, '3x', '0.5', '1.0', '1000000000', '9'.repeat(400), 'unlimited!'])(
  '%j is no number of iterations',
  (text) => {
    expect(parseIterations(text)).toBeUndefined();
  },
);

test.each([
  ['2880', 2880],
  ['0.5', 0.5],
  [' 1.25 ', 1.25],
  ['0.3333333333333333', 0.3333333333333333],
  ['0.000001', 0.000001],
  ['0', null],
  ['0.0', null],
])('%j minutes', (text, minutes) => {
  expect(parseMinutes(text)).toBe(minutes);
});

test.each([
  ...NO_NUMBERS,
  '3x',
  '.5',
  '5.',
  '1.2.3',
  'Infinity',
  'unlimited',
  '1000000000',
  '0.0000009',
  `0.${'1'.repeat(21)}`,
])('%j is no number of minutes', (text) => {
  expect(parseMinutes(text)).toBeUndefined();
});

test.each([
  ['2000000', 2_000_000],
  ['999999999999999', 999_999_999_999_999],
  ['0', null],
])('%j tokens', (text, tokens) => {
  expect(parseTokens(text)).toBe(tokens);
});

test.each([...NO_NUMBERS, '1.5', '2M', '1000000000000000'])('%j is no number of tokens', (text) => {
  expect(parseTokens(text)).toBeUndefined();
});
