import { expect, test } from 'vitest';
import {
  countWords,
  durationWords,
  iterationWords,
  nameList,
  plainLine,
} from '../../../src/rlm/loop/loopWords.ts';

test.each([
  [0, '0 ms'],
  [412.4, '412 ms'],
  [2_400, '2.4 s'],
  [2_000, '2 s'],
  [9_960, '10 s'],
  [12_345, '12 s'],
  [59_700, '1 min'],
  [72_000, '1 min 12 s'],
  [30 * 60_000, '30 min'],
  [90 * 60_000, '1 h 30 min'],
  [2_880 * 60_000, '48 h'],
])('%i ms are %s', (ms, words) => {
  expect(durationWords(ms)).toBe(words);
});

test('foreign text becomes one line without control characters', () => {
  expect(plainLine(' one\r\n\u001b[31mtwo\u001b[0m\t\u0007three ')).toBe('one two three');
  expect(plainLine('x'.repeat(10), 10)).toBe('x'.repeat(10));
  expect(plainLine('x'.repeat(11), 10)).toBe(`${'x'.repeat(9)}…`);
  expect(plainLine('💡'.repeat(6), 10)).toBe(`${'💡'.repeat(4)}…`);
});

test('of a text of megabytes only the beginning is looked at', () => {
  expect(plainLine('word '.repeat(2_000_000))).toBe(`${'word '.repeat(40).slice(0, 199)}…`);
});

test('amounts, iterations and names', () => {
  expect([countWords(1, 'file'), countWords(12_345, 'token')]).toEqual(['1 file', '12,345 tokens']);
  expect([iterationWords(3, 88), iterationWords(3, 0)]).toEqual(['iteration 3 of 88', 'iteration 3']);
  expect(nameList(['a', 'b\n'])).toBe('a, b');
  expect(nameList(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe('a, b, c, d, e and 2 more');
});
