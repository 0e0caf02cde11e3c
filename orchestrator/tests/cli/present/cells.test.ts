import { expect, test } from 'vitest';
import { cellWidth, cutCells, padCells } from '../../../src/cli/present/cells.ts';

test.each([
  ['abc', 3],
  ['', 0],
  ['über', 4],
  ['u\u0308ber', 4],
  ['漢字', 4],
  ['한글', 4],
  ['😀', 2],
  ['👩‍👩‍👧', 2],
  ['\u001b[31mred\u001b[39m', 3],
  ['✓ · …', 5],
])('%j takes %d cells', (text, width) => {
  expect(cellWidth(text)).toBe(width);
});

test.each([
  ['abcdef', 6, 'abcdef'],
  ['abcdef', 5, 'abcd…'],
  ['abcdef', 1, '…'],
  ['abcdef', 0, ''],
  ['漢字漢字', 5, '漢字…'],
  ['漢字漢字', 4, '漢…'],
])('%j cut to %d cells', (text, width, expected) => {
  expect(cutCells(text, width)).toBe(expected);
});

test('padding counts cells, not characters', () => {
  expect(padCells('漢', 4)).toBe('漢  ');
  expect(padCells('\u001b[31m7\u001b[39m', 3, 'left')).toBe('  \u001b[31m7\u001b[39m');
});
