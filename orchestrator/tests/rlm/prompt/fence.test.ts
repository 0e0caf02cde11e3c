import { expect, it } from 'vitest';
import { cut, fenced } from '../../../src/rlm/prompt/fence.ts';

it('is longer than any row of backticks in the text', () => {
  expect(fenced('a ` b', 'output')).toBe('```output\na ` b\n```');
  expect(fenced('```\n', 'output')).toBe('````output\n```\n````');
  expect(fenced('x `````` y ```', 'diff')).toBe('```````diff\nx `````` y ```\n```````');
});

it('cuts with an ellipsis, and never within a character', () => {
  expect(cut('abc', 3)).toBe('abc');
  expect(cut('abcd', 3)).toBe('ab…');
  expect(cut('a😀bc', 3)).toBe('a\uFFFD…');
});
