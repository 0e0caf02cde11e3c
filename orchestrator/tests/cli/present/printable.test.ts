import { expect, test } from 'vitest';
import { printable, printableLines } from '../../../src/cli/present/printable.ts';

test.each([
  ['colours are dropped', '\u001b[31mred\u001b[0m', 'red'],
  ['cursor movements are dropped', 'a\u001b[2Jb\u001b[10;10Hc', 'abc'],
  ['a hyperlink keeps its text', '\u001b]8;;http://x\u0007text\u001b]8;;\u0007', 'text'],
  ['text before a bell stays', '\u001b[2Jgone\u0007', 'gone\\x07'],
  [
    'other strings and short sequences are dropped',
    'a\u001bPdata\u001b\\b\u001b(Bc\u001b7d\u009b1me',
    'abcde',
  ],
  ['a cut escape sequence cannot act', 'a\u001b', 'a\\x1b'],
  ['bells and backspaces are shown', 'a\u0007\u0008', 'a\\x07\\x08'],
  ['C1 controls are shown', 'a\u0090b', 'a\\x90b'],
  ['direction marks are shown', 'a\u202eb', 'a\\u{202e}b'],
  ['tabs, accents and emoji stay', 'a\tü😀', 'a\tü😀'],
])('%s', (_name, text, expected) => {
  expect(printable(text)).toBe(expected);
});

test('lines end at newlines, carriage returns start them anew, blank ones at the end go', () => {
  expect(printableLines('one\r\n10%\r50%\r100%\n\nlast\r\r\n\n \n')).toEqual(['one', '100%', '', 'last']);
  expect(printableLines('')).toEqual([]);
});
